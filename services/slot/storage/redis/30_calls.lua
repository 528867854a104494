-- The calls of buyers and of the line. KEYS[1] is always the run's key.

-- ARGV: epoch, class, from, to, party, token. Answers the units, none where counted.
local function allocate(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local kind, bad = read_kind(class.run, args[3], args[4], args[5])
  if not kind then
    return bad
  end
  local token = args[6]
  local held = redis.call('HGET', keys[1] .. ':t', token)
  if held then
    local held_class, held_kind, held_units = parse_taken(held)
    if held_class ~= class.code or not same_kind(held_kind, kind) then
      return refuse('TOKEN_IN_USE', 'the token stands for other places')
    end
    return held_units
  elseif redis.call('HEXISTS', keys[1] .. ':d', token) == 1 then
    return refuse('TOKEN_IN_USE', 'the token stands in line')
  end
  local units = find(class, kind)
  if not units then
    return refuse('SOLD_OUT', 'nothing that fits is left')
  end
  take(class, kind, units, token, 'b')
  return units
end

-- ARGV: epoch, token. Answers {1 when places were given back else 0, demands served}.
local function release(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local token = args[2]
  local held = redis.call('HGET', run.key .. ':t', token)
  if not held then
    return {0, 0}
  end
  local code, kind, units = parse_taken(held)
  local line = redis.call('HGET', run.key, 'c:' .. code)
  if not line then
    return refuse_stale(false)
  end
  local class = describe_class(run, code, line)
  redis.call('HDEL', run.key .. ':t', token)
  redis.call('ZREM', unconfirmed_key(run), run.id .. ' ' .. token)
  mark(class, kind, units, 1)
  return {1, serve_freed(class, kind, units)}
end

-- Tells whether a demand was enlisted before: 'matched', 'waiting', false; or nil and a refusal.
local function known_demand(class, kind, demand, score)
  local key = class.run.key
  local code, known
  local held = redis.call('HGET', key .. ':t', demand)
  local waiting = not held and redis.call('HGET', key .. ':d', demand)
  if held then
    code, known = parse_taken(held)
  elseif waiting then
    code, known = parse_waiting(waiting)
  else
    return false
  end
  local same = code == class.code and same_kind(known, kind)
  if same and waiting then
    same = tonumber(redis.call('ZSCORE', queue_key(class, kind), demand)) == score
  end
  if not same then
    return nil, refuse('TOKEN_IN_USE', 'the demand stands for something else')
  end
  return held and 'matched' or 'waiting'
end

-- ARGV: epoch, class, from, to, party, demand, effective microsecond. Answers 'waiting' or
-- 'matched'. Nobody in line fits what is free, so a newcomer that fits passes nobody over.
local function enlist(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local kind, bad = read_kind(class.run, args[3], args[4], args[5])
  if not kind then
    return bad
  end
  local demand, score = args[6], tonumber(args[7])
  if not score or math.abs(score) > SCORE_MAX then
    return refuse('TIME_INVALID', 'the effective time is out of range')
  end
  local known, contradiction = known_demand(class, kind, demand, score)
  if known == nil then
    return contradiction
  elseif known then
    return known
  end
  local units = find(class, kind)
  if units then
    match(class, kind, units, demand)
    return 'matched'
  end
  put_in_line(class, kind, demand, score)
  return 'waiting'
end

-- ARGV: epoch, demand. Answers 'withdrawn', 'matched' or 'unknown'.
local function withdraw(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local demand = args[2]
  local waiting = redis.call('HGET', run.key .. ':d', demand)
  if not waiting then
    return redis.call('HEXISTS', run.key .. ':t', demand) == 1 and 'matched' or 'unknown'
  end
  local code, kind = parse_waiting(waiting)
  take_out_of_line({run = run, code = code}, kind, demand)
  return 'withdrawn'
end

-- Sets bits first to last - 1 of a bitmap to 1; what lies before stays, nothing lies after.
local function append_ones(bits, first, last)
  local whole = math.floor(first / 8)
  local bytes = {string.sub(bits, 1, whole) .. string.rep('\0', whole - #bits)}
  local byte = string.byte(bits, whole + 1) or 0
  local unit = first
  while unit < last do
    byte = byte + WEIGHTS[unit % 8 + 1]
    unit = unit + 1
    if unit % 8 == 0 or unit == last then
      bytes[#bytes + 1] = string.char(byte)
      byte = 0
    end
  end
  return table.concat(bytes)
end

local function extended_coaches(coaches, units, same_coach)
  local sizes = split_numbers(coaches)
  if same_coach and #sizes > 0 then
    sizes[#sizes] = sizes[#sizes] + units
  else
    sizes[#sizes + 1] = units
  end
  return table.concat(sizes, ',')
end

-- ARGV: epoch, class, first unit, units, '1' when they extend the last coach. Answers how many
-- demands were served.
local function add_capacity(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local first, units = tonumber(args[3]), tonumber(args[4])
  local last = first + units
  if units < 1 or last > CAPACITY_MAX then
    return refuse('CAPACITY_INVALID', 'a class has at most ' .. CAPACITY_MAX .. ' units')
  elseif class.capacity >= last then
    return 0
  elseif class.capacity ~= first then
    return refuse_stale(args[1])
  end
  local coaches = class.counted and '' or extended_coaches(class.coaches, units, args[5] == '1')
  class.capacity, class.coaches = last, coaches
  redis.call('HSET', keys[1], 'c:' .. class.code,
             (class.counted and 'c ' or 'a ') .. last .. ' ' .. coaches)
  for leg = 0, class.run.legs - 1 do
    if class.counted then
      redis.call('HINCRBY', counts_key(class), leg, units)
    else
      local key = bitmap_key(class, leg)
      redis.call('SET', key, append_ones(redis.call('GET', key) or '', first, last))
    end
  end
  return serve_all(class)
end

-- ARGV: tokens. The record has them; the epoch does not matter.
local function confirm(keys, args)
  local shard, id = names_of(keys[1])
  local members = {}
  for i, token in ipairs(args) do
    members[i] = id .. ' ' .. token
  end
  for at = 1, #members, 1000 do
    redis.call('ZREM', shard .. ':unconfirmed', unpack(members, at, math.min(at + 999, #members)))
  end
  return #members
end

redis.register_function('houbu_allocate', allocate)
redis.register_function('houbu_release', release)
redis.register_function('houbu_enlist', enlist)
redis.register_function('houbu_withdraw', withdraw)
redis.register_function('houbu_add_capacity', add_capacity)
redis.register_function('houbu_confirm', confirm)
