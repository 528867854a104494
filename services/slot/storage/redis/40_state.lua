-- The whole of a run: loading it from the record, counting and showing it.

-- Gives a function that takes the next n arguments.
local function reader(args)
  local at = 0
  return function(n)
    at = at + n
    return unpack(args, at - n + 1, at)
  end
end

-- Bitmaps of `capacity` ones for each leg, as lists of bytes.
local function full_bitmaps(capacity, legs)
  local bitmaps = {}
  for leg = 0, legs - 1 do
    local bytes = {}
    for i = 1, math.floor(capacity / 8) do
      bytes[i] = 255
    end
    if capacity % 8 > 0 then
      bytes[#bytes + 1] = 256 - 2 ^ (8 - capacity % 8)
    end
    bitmaps[leg] = bytes
  end
  return bitmaps
end

local function to_string(bytes)
  local parts = {}
  for at = 1, #bytes, 1000 do
    parts[#parts + 1] = string.char(unpack(bytes, at, math.min(at + 999, #bytes)))
  end
  return table.concat(parts)
end

-- Takes units in a class that is being built: false when they are not all there and free.
local function take_while_building(class, kind, units)
  if #units ~= (class.counted and 0 or kind.party) then
    return false
  end
  for leg = kind.from, kind.to - 1 do
    if class.counted then
      class.counts[leg] = class.counts[leg] - kind.party
      if class.counts[leg] < 0 then
        return false
      end
    end
    for _, unit in ipairs(units) do
      local bytes, at = class.bitmaps[leg], math.floor(unit / 8) + 1
      local weight = WEIGHTS[unit % 8 + 1]
      if unit >= class.capacity or bit.band(bytes[at], weight) == 0 then
        return false
      end
      bytes[at] = bytes[at] - weight
    end
  end
  return true
end

local function build_class(run, take_args)
  local code, kind, capacity, coaches = take_args(4)
  local class = describe_class(run, code, kind .. ' ' .. capacity .. ' ' .. coaches)
  local size = 0
  for _, coach in ipairs(split_numbers(coaches)) do
    size = size + coach
  end
  if not string.match(code, '^[%w_.-]+$') or #code > 64 then
    return nil  -- the code is part of keys and lists
  end
  if class.capacity > CAPACITY_MAX or size ~= (class.counted and 0 or class.capacity) then
    return nil
  end
  class.line = kind .. ' ' .. capacity .. ' ' .. coaches
  class.bitmaps = class.counted and {} or full_bitmaps(class.capacity, run.legs)
  class.counts = {}
  for leg = 0, run.legs - 1 do
    class.counts[leg] = class.capacity
  end
  return class
end

-- Reads the classes of a state: the list, also by code; or nil when it cannot be.
local function build_classes(run, take_args)
  local classes = {}
  for i = 1, tonumber(take_args(1)) do
    local class = build_class(run, take_args)
    if not class or classes[class.code] then
      return nil
    end
    classes[i], classes[class.code] = class, class
  end
  return classes
end

-- Reads who has what into `taken` and the classes; false when it cannot be.
local function build_taken(run, classes, taken, take_args)
  for _ = 1, tonumber(take_args(1)) do
    local token, code, from, to, party, units = take_args(6)
    local class, kind = classes[code], read_kind(run, from, to, party)
    if not class or not kind or taken[token]
        or not take_while_building(class, kind, split_numbers(units)) then
      return false
    end
    taken[token] = table.concat({'b', from, to, party, code, units}, ':')
  end
  return true
end

-- Reads who waits; nil when it cannot be.
local function build_waiting(run, classes, taken, take_args)
  local waiting, seen = {}, {}
  for i = 1, tonumber(take_args(1)) do
    local demand, code, from, to, party, score = take_args(6)
    local class, kind = classes[code], read_kind(run, from, to, party)
    score = tonumber(score)
    if not class or not kind or taken[demand] or seen[demand] or math.abs(score) > SCORE_MAX then
      return nil
    end
    seen[demand] = true
    waiting[i] = {class = class, kind = kind, demand = demand, score = score}
  end
  return waiting
end

-- Deletes every key of a run, and what it left unconfirmed.
local function delete_run(run)
  for _, token in ipairs(redis.call('HKEYS', run.key .. ':t')) do
    redis.call('ZREM', unconfirmed_key(run), run.id .. ' ' .. token)
  end
  for _, class in ipairs(all_classes(run)) do
    for leg = 0, run.legs - 1 do
      redis.call('DEL', bitmap_key(class, leg))
    end
    for _, kind in ipairs(candidates(class, {from = 0, to = run.legs}, 0, run.legs)) do
      redis.call('DEL', queue_key(class, kind))
    end
    redis.call('DEL', counts_key(class), kinds_key(class))
  end
  redis.call('DEL', run.key, run.key .. ':t', run.key .. ':d', run.key .. ':x')
end

local function write_class(class)
  redis.call('HSET', class.run.key, 'c:' .. class.code, class.line)
  redis.call('DEL', counts_key(class), kinds_key(class))
  for leg = 0, class.run.legs - 1 do
    if class.counted then
      redis.call('HSET', counts_key(class), leg, class.counts[leg])
    else
      redis.call('SET', bitmap_key(class, leg), to_string(class.bitmaps[leg]))
    end
  end
end

local function write_run(run, classes, taken, waiting)
  local codes = {}
  for i, class in ipairs(classes) do
    codes[i] = class.code
    write_class(class)
  end
  redis.call('DEL', run.key .. ':t', run.key .. ':d')
  for token, value in pairs(taken) do
    redis.call('HSET', run.key .. ':t', token, value)
  end
  for _, entry in ipairs(waiting) do
    put_in_line(entry.class, entry.kind, entry.demand, entry.score)
  end
  redis.call('HSET', run.key, 'classes', table.concat(codes, ' '), 'legs', run.legs,
             'epoch', run.epoch)
end

-- ARGV: epoch, legs; count of classes, each {code, 'a' or 'c', capacity, coaches}; count of takers,
-- each {token, class, from, to, party, units}; count of waiters, each {demand, class, from, to,
-- party, effective microsecond}. Replaces the run's index and serves the line; answers how many
-- demands were served. The same epoch again does nothing, an older one is stale.
local function load(keys, args)
  local take_args = reader(args)
  local epoch, legs = take_args(2)
  local shard, id = names_of(keys[1])
  local run = {key = keys[1], shard = shard, id = id, epoch = epoch, legs = tonumber(legs)}
  local present = redis.call('HGET', keys[1], 'epoch')
  if present == epoch then
    return 0
  elseif present and tonumber(present) > tonumber(epoch) then
    return refuse_stale(present)
  end
  local taken = {}
  local classes = run.legs >= 1 and run.legs <= LEGS_MAX and build_classes(run, take_args)
  local built = classes and build_taken(run, classes, taken, take_args)
  local waiting = built and build_waiting(run, classes, taken, take_args)
  if not waiting then
    return refuse('STATE_INVALID', 'the state of the run contradicts itself')
  end
  if present then
    delete_run(open(keys[1], present))
  end
  write_run(run, classes, taken, waiting)
  local matches = 0
  for _, class in ipairs(classes) do
    matches = matches + serve_all(class)
  end
  return matches
end

-- ARGV: epoch, from, to. Answers class, free places, class, free places, ...
local function snapshot(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local legs, bad = read_kind(run, args[2], args[3], 1)
  if not legs then
    return bad
  end
  local counts = {}
  for _, class in ipairs(all_classes(run)) do
    counts[#counts + 1] = class.code
    counts[#counts + 1] = count_free(class, legs.from, legs.to)
  end
  return counts
end

local function show_class(class)
  local free = {}
  for leg = 0, class.run.legs - 1 do
    if class.counted then
      free[leg + 1] = redis.call('HGET', counts_key(class), leg) or '0'
    else
      free[leg + 1] = redis.call('GET', bitmap_key(class, leg)) or ''
    end
  end
  return {class.code, class.counted and 'c' or 'a', class.capacity, class.coaches, free}
end

local function show_taken(run)
  local shown = {}
  local held = redis.call('HGETALL', run.key .. ':t')
  for i = 1, #held, 2 do
    local code, kind, units = parse_taken(held[i + 1])
    shown[#shown + 1] = {held[i], code, kind.from, kind.to, kind.party, units}
  end
  return shown
end

local function show_waiting(class, shown)
  for _, kind in ipairs(candidates(class, {from = 0, to = class.run.legs}, 0, class.run.legs)) do
    local queue = redis.call('ZRANGE', queue_key(class, kind), 0, -1, 'WITHSCORES')
    for i = 1, #queue, 2 do
      shown[#shown + 1] = {queue[i], class.code, kind.from, kind.to, kind.party, queue[i + 1]}
    end
  end
end

-- No ARGV. Answers {epoch, legs, classes, takers, waiters}.
local function state(keys)
  local epoch = redis.call('HGET', keys[1], 'epoch')
  if not epoch then
    return refuse_stale(false)
  end
  local run = open(keys[1], epoch)
  local classes, waiting = {}, {}
  for i, class in ipairs(all_classes(run)) do
    classes[i] = show_class(class)
    show_waiting(class, waiting)
  end
  return {epoch, run.legs, classes, show_taken(run), waiting}
end

redis.register_function('houbu_load', load)
redis.register_function('houbu_snapshot', snapshot)
redis.register_function('houbu_state', state)
