-- The calls of buyers and of the line. KEYS[1] is always the run's key.

-- Tells 1 while work is left over: whoever called goes on with it (houbu_serve).
local function left_of(run)
  return run.work == 'w' and 1 or 0
end

-- Answers for a token that holds something already: its units or the refusal; nil when it is new.
local function answer_again(class, kind, token)
  local held = redis.call('HGET', bucket_of(class.run, token), token)
  if not held then
    return nil
  elseif is_waiting(held) then
    return refuse('TOKEN_IN_USE', 'the token stands in line')
  end
  local held_class, held_kind, units = parse_places(class.run, held)
  if held_class ~= class or not same_kind(held_kind, kind) then
    return refuse('TOKEN_IN_USE', 'the token stands for other places')
  end
  return units
end

-- ARGV: epoch, class, from, to, party, token, positions wished for ('' for none). Answers the
-- units, none where counted.
local function allocate(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local kind, bad = read_kind(class, args[3], args[4], args[5])
  if not kind then
    return bad
  end
  local run, token = class.run, args[6]
  if run.work == 'w' then
    serve_left(run)
  end
  if run.work == 'w' then
    return answer_again(class, kind, token)
      or refuse('LINE_SERVING', 'the line is served first')
  elseif run.sale == 'c' then
    return answer_again(class, kind, token)
      or refuse('RUN_CLOSED', 'the run is closed to new buyers')
  end
  local units = find(class, kind, args[7])
  if not units then
    return answer_again(class, kind, token) or refuse('SOLD_OUT', 'nothing that fits is left')
  end
  if redis.call('HSETNX', bucket_of(run, token), token,
                places_of('b', class, kind, units)) == 0 then
    return answer_again(class, kind, token)
  end
  settle(class, kind, units, token)
  return units
end

-- ARGV: epoch, token. Answers {1 when places were given back else 0, demands served, 1 when work
-- is left over else 0}.
local function release(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local token = args[2]
  local bucket = bucket_of(run, token)
  local held = redis.call('HGET', bucket, token)
  if not held or is_waiting(held) then
    return {0, 0, left_of(run)}
  end
  local class, kind, units = parse_places(run, held)
  redis.call('HDEL', bucket, token)
  redis.call('ZREM', run.unconfirmed, run.id .. ' ' .. token)
  mark(class, kind, units, '1')
  tell_places('+', class, kind, list_of(units))
  local matches = serve_freed(class, kind, units)
  return {1, matches, left_of(run)}
end

-- ARGV: epoch, class, from, to, party, demand, effective microsecond. Answers {'waiting' or
-- 'matched', 0, 1 when work is left over else 0}. Nobody in line fits what is free, so a newcomer
-- that fits passes nobody over; while work is left over it stands in line like the others.
local function enlist(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local kind, bad = read_kind(class, args[3], args[4], args[5])
  if not kind then
    return bad
  end
  local run, demand, score = class.run, args[6], tonumber(args[7])
  if not score or math.abs(score) > SCORE_MAX or score ~= math.floor(score) then
    return refuse('DEMAND_INVALID', 'the effective time is not a microsecond')
  end
  local bucket, place = bucket_of(run, demand), place_of(kind, score)
  local value = waiting_value(class, kind.from, place)
  if redis.call('HSETNX', bucket, demand, value) == 0 then
    local held = redis.call('HGET', bucket, demand)
    if held == value then
      return {'waiting', 0, left_of(run)}
    end
    local again = is_waiting(held) and refuse('TOKEN_IN_USE', 'the demand stands elsewhere')
      or answer_again(class, kind, demand)
    return again.err and again or {'matched', 0, left_of(run)}
  end
  local units = run.work == '-' and find(class, kind) or nil
  if units then
    match(class, kind, units, demand)
    return {'matched', 0, 0}
  end
  put_in_line(class, kind.from, place .. demand)
  if run.work == 'w' then
    leave_head(run, parse_member(class, kind.from, place .. demand))
  end
  return {'waiting', 0, left_of(run)}
end

-- ARGV: epoch, demand. Answers 'withdrawn', 'matched' or 'unknown'.
local function withdraw(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local demand = args[2]
  local bucket = bucket_of(run, demand)
  local held = redis.call('HGET', bucket, demand)
  if not held then
    return 'unknown'
  elseif not is_waiting(held) then
    return 'matched'
  end
  take_out_of_line(parse_waiting(run, held, demand))
  redis.call('HDEL', bucket, demand)
  return 'withdrawn'
end

-- ARGV: epoch. Goes on with work that is left over. Answers {demands served, 1 when work is left
-- over else 0}.
local function serve_on(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local matches = run.work == 'w' and serve_left(run) or 0
  return {matches, left_of(run)}
end

-- ARGV: epoch, 'c' to close the run to new buyers or 'o' to open it. Who has or waits for places
-- notices nothing. Answers 1.
local function set_sale(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  if run.sale ~= args[2] then
    write_flags(run, args[2] == 'c' and 'c' or 'o', run.work)
  end
  return 1
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

register('houbu_allocate', allocate)
register('houbu_release', release)
register('houbu_enlist', enlist)
register('houbu_withdraw', withdraw)
register('houbu_serve', serve_on)
register('houbu_set_sale', set_sale)
register('houbu_confirm', confirm)
