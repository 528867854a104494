-- Loading a run from the record: begun, filled in parts, and put in place of the one before, so
-- that no call takes long. Adding units. Removing a run.

local BUILD_MAX = 60000  -- milliseconds after which a load that was begun and not ended is dropped

local function key_of_generation(run_key, generation)
  return run_key .. ':' .. generation
end

-- Deletes every key a generation can have.
local function delete_generation(run_key, generation, classes, legs, buckets)
  classes, legs = math.min(classes, CLASSES_MAX), math.min(legs, LEGS_MAX)
  buckets = math.min(buckets, CAPACITY_MAX)
  local data = key_of_generation(run_key, generation)
  local keys = {data, data .. ':x', data .. ':w'}
  for bucket = 0, buckets - 1 do
    keys[#keys + 1] = data .. ':h:' .. spell(bucket)
  end
  for i = 1, classes do
    keys[#keys + 1] = data .. ':n:' .. spell(i)
    keys[#keys + 1] = data .. ':k:' .. spell(i)
    for leg = 0, legs - 1 do
      keys[#keys + 1] = data .. ':b:' .. spell(i) .. ':' .. spell(leg)
      keys[#keys + 1] = data .. ':q:' .. spell(i) .. ':' .. spell(leg)
    end
  end
  for at = 1, #keys, 1000 do
    redis.call('UNLINK', unpack(keys, at, math.min(at + 999, #keys)))
  end
  redis.call('HDEL', run_key .. ':g', generation)
end

-- Deletes the generations that are neither in use nor being built.
local function delete_leftovers(run_key, in_use, now)
  local generations = redis.call('HGETALL', run_key .. ':g')
  for i = 1, #generations, 2 do
    local classes, legs, buckets, since =
      string.match(generations[i + 1], '^(%d+);(%d+);(%d+);(%w+)$')
    local abandoned = since == 'live' or now - (tonumber(since) or 0) > BUILD_MAX
    if generations[i] ~= in_use and abandoned then
      delete_generation(run_key, generations[i], tonumber(classes or 0), tonumber(legs or 0),
                        tonumber(buckets or 0))
    end
  end
end

local function now_in_milliseconds()
  local now = redis.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end

local function ones(count)
  local rest = count % 8
  return string.rep('\255', math.floor(count / 8))
    .. (rest > 0 and string.char(256 - 2 ^ (8 - rest)) or '')
end

-- Reads the classes of a head from arguments {code, 'a' or 'c', capacity, coaches, code of the
-- class whose units it sells or '', positions}: the tail of the head, how many, and how many units;
-- nil when they cannot be.
local function read_classes(args, at)
  local texts, index_of, units = {}, {}, 0
  while args[at] do
    local code, kind, capacity = args[at], args[at + 1], tonumber(args[at + 2])
    local coaches, shares, positions = args[at + 3], args[at + 4], args[at + 5]
    local index = #texts + 1
    local pool = shares == '' and index or index_of[shares]
    local ends = ends_of(coaches)
    if not string.match(code, '^[%w_.-]+$') or #code > 64 or index_of[code] or index > CLASSES_MAX
        or not (kind == 'a' or kind == 'c') or not capacity or capacity > CAPACITY_MAX
        or (ends[#ends] or 0) ~= (kind == 'c' and 0 or capacity) or not pool
        or not string.match(positions, '^%w*$') or #positions > 64 then
      return nil
    end
    local text = kind .. '|' .. spell(capacity) .. '|' .. spell(pool) .. '|'
    if pool ~= index then  -- as the class whose units it sells, which sells its own
      local shared = string.match(texts[pool], '^[^|]*|(.*)$')
      if string.sub(shared, 1, #text) ~= text or string.match(shared, '[^|]*$') ~= coaches then
        return nil
      end
    end
    units = units + (pool == index and capacity or 0)
    index_of[code], texts[index] = index, code .. '|' .. text .. positions .. '|' .. coaches
    at = at + 6
  end
  return table.concat(texts, ';'), #texts, units
end

-- Fills a generation with units that are all free.
local function write_free(run)
  for _, class in ipairs(run.classes) do
    if class.pool == class.index and class.counted then
      redis.call('SET', class.counts_key,
                 string.rep(string.char(0) .. three_bytes(class.capacity), run.legs))
    elseif class.pool == class.index then
      local bits = ones(class.capacity)
      for leg = 1, run.legs do
        redis.call('SET', class.bits[leg], bits)
      end
    end
  end
end

-- ARGV: epoch, legs, 'o' or 'c', then six for each class. Answers the generation to fill, '' when
-- the index has this epoch already.
local function begin_load(keys, args)
  local epoch, legs = args[1], tonumber(args[2])
  local present = recall(keys[1])
  if present and present.epoch == epoch then
    return ''
  elseif present and tonumber(present.epoch) > tonumber(epoch) then
    return refuse_stale(present.epoch)
  end
  local tail, classes, units = read_classes(args, 4)
  if not tail or not legs or legs < 1 or legs > LEGS_MAX then
    return refuse('STATE_INVALID', 'the state of the run contradicts itself')
  end
  local shard, now = names_of(keys[1]), now_in_milliseconds()
  delete_leftovers(keys[1], present and present.generation, now)
  local generation, buckets = nil, buckets_for(units)
  repeat
    generation = spell(redis.call('INCR', shard .. ':generation'))
  until redis.call('HSETNX', keys[1] .. ':g', generation,
                   spell(classes) .. ';' .. spell(legs) .. ';' .. spell(buckets) .. ';'
                     .. string.format('%.0f', now)) == 1
  local head = head_of(epoch, generation, legs, buckets, args[3] .. '-', tail)
  write_free(parse_run(keys[1], head))
  redis.call('SET', key_of_generation(keys[1], generation), head)
  return generation
end

-- Drops a load that cannot be.
local function refuse_load(run)
  delete_generation(run.key, run.generation, #run.classes, run.legs, run.buckets)
  return refuse('STATE_INVALID', 'the state of the run contradicts itself')
end

-- ARGV: generation, then three for each: the class that owns the units, leg, and what is free
-- there, as it is kept. All is free on legs that are not named. What is not must be what the
-- holders have (load_part). Answers how many.
local function load_free(keys, args)
  local head = redis.call('GET', key_of_generation(keys[1], args[1]))
  if not head then
    return refuse_stale(nil)
  end
  local run = parse_run(keys[1], head)
  for at = 2, #args, 3 do
    local class, leg, free = run.class_of[args[at]], tonumber(args[at + 1]), args[at + 2]
    if not (class and class.pool == class.index and leg and leg >= 0 and leg < run.legs
        and free and #free == (class.counted and 4 or math.ceil(class.capacity / 8))) then
      return refuse_load(run)
    elseif class.counted then
      redis.call('SETRANGE', class.counts_key, spell(leg * 4), free)
    else
      redis.call('SET', class.bits[leg + 1], free)
    end
  end
  return (#args - 1) / 3
end

local function build_taken(run, token, class, kind, units)
  return #units == (class.counted and 0 or kind.party)
    and redis.call('HSETNX', bucket_of(run, token), token, places_of('b', class, kind, units)) == 1
end

local function build_waiting(run, demand, class, kind, score)
  if not score or math.abs(score) > SCORE_MAX then
    return false
  end
  local place = place_of(kind, score)
  put_in_line(class, kind.from, place .. demand)
  return redis.call('HSETNX', bucket_of(run, demand), demand,
                    waiting_value(class, kind.from, place)) == 1
end

-- ARGV: generation, then six for each: holder, class, from, to, party, and 't<units>' for places
-- that load_free has not shown as free, or 'w<effective microsecond>' for somebody who waits.
-- Answers how many.
local function load_part(keys, args)
  local head = redis.call('GET', key_of_generation(keys[1], args[1]))
  if not head then
    return refuse_stale(nil)
  end
  local run = parse_run(keys[1], head)
  for at = 2, #args, 6 do
    local class, last = run.class_of[args[at + 1]], args[at + 5]
    local kind = class and read_kind(class, args[at + 2], args[at + 3], args[at + 4])
    local rest, good = string.sub(last, 2), false
    if kind and string.sub(last, 1, 1) == 't' then
      good = build_taken(run, args[at], class, kind, split_numbers(rest))
    elseif kind then
      good = build_waiting(run, args[at], class, kind, tonumber(rest))
    end
    if not good then
      return refuse_load(run)
    end
  end
  return (#args - 1) / 6
end

-- ARGV: generation. Puts what was filled in place and serves the line. Answers {demands served, 1
-- when work is left over else 0}. Where the epoch is there already nothing is done: someone else
-- was faster.
local function end_load(keys, args)
  local built = key_of_generation(keys[1], args[1])
  local head = redis.call('GET', built)
  if not head then
    return refuse_stale(nil)
  end
  local run, present = parse_run(keys[1], head), recall(keys[1])
  if present and tonumber(present.epoch) >= tonumber(run.epoch) then
    delete_generation(keys[1], args[1], #run.classes, run.legs, run.buckets)
    return present.epoch == run.epoch and {0, left_of(present)} or refuse_stale(present.epoch)
  end
  redis.call('SET', keys[1], head)
  redis.call('DEL', built)
  redis.call('SREM', run.shard .. ':left', run.id)
  if present then
    delete_generation(keys[1], present.generation, #present.classes, present.legs,
                      present.buckets)
  end
  redis.call('HSET', keys[1] .. ':g', args[1],
             spell(#run.classes) .. ';' .. spell(run.legs) .. ';' .. spell(run.buckets) .. ';live')
  tell(run, '= ' .. run.id .. ' ' .. run.epoch)
  local matches = serve_all(run, run.classes)
  return {matches, left_of(run)}
end

-- ARGV: epoch. Removes the run's index when it is of this epoch or an older one: the run has
-- ended. Answers 1 when there was one else 0.
local function remove(keys, args)
  local run = recall(keys[1])
  if not run then
    return 0
  elseif tonumber(run.epoch) > tonumber(args[1]) then
    return refuse_stale(run.epoch)
  end
  delete_leftovers(keys[1], run.generation, now_in_milliseconds() + BUILD_MAX)
  delete_generation(keys[1], run.generation, #run.classes, run.legs, run.buckets)
  redis.call('SREM', run.shard .. ':left', run.id)
  redis.call('DEL', keys[1])
  tell(run, 'x ' .. run.id .. ' ' .. run.epoch)
  return 1
end

register('houbu_load_begin', begin_load)
register('houbu_load_free', load_free)
register('houbu_load_part', load_part)
register('houbu_load_end', end_load)
register('houbu_remove', remove)
