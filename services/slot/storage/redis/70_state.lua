-- Counting and showing what a run has.

local PAGE = 100  -- holders shown in one call, about
local PAGE_BUCKETS = 256  -- looked into for them

-- ARGV: epoch, from, to. Answers class, free places, class, free places, ...
local function snapshot(keys, args)
  local run, refusal = open(keys[1], args[1])
  if not run then
    return refusal
  end
  local counts = {}
  for _, class in ipairs(run.classes) do
    local legs, bad = read_kind(class, args[2], args[3], '1')
    if not legs then
      return bad
    end
    counts[#counts + 1] = class.code
    counts[#counts + 1] = count_free(class, legs.from, legs.to)
  end
  return counts
end

local function show_class(class)
  local run, free = class.run, nil
  if class.counted then
    free = read_counts(class, 0, run.legs)
    free[run.legs + 1] = nil  -- where reading ended
  else
    free = redis.call('MGET', unpack(class.bits))
    for leg = 1, run.legs do
      free[leg] = free[leg] or ''
    end
  end
  return {class.code, class.counted and 'c' or 'a', class.capacity, class.coaches, free,
          class.pool == class.index and '' or run.classes[class.pool].code, class.positions}
end

local function show_classes(run)
  local shown = {}
  for i, class in ipairs(run.classes) do
    shown[i] = show_class(class)
  end
  return shown
end

-- Shows a holder; nil for one that should wait but cannot be found by who serves the line.
local function show_holder(run, holder, value)
  if not is_waiting(value) then
    local class, kind, units = parse_places(run, value)
    return {'t', holder, class.code, kind.from, kind.to, kind.party, units}
  end
  local waiter = parse_waiting(run, value, holder)
  local class, from = waiter.class, waiter.from
  if not redis.call('ZSCORE', line_key(class, from), waiter.member)
      or redis.call('GETBIT', class.stops_key, spell(from)) == 0 then
    return nil
  end
  return {'w', holder, class.code, from, waiter.to, waiter.party,
          string.format('%.0f', waiter.score)}
end

-- ARGV: bucket, cursor; '0', '0' for the first page. Answers {epoch, legs, 'o' or 'c', classes
-- (with the first page), holders, next bucket ('' at the end), next cursor, the run's version}.
local function state(keys, args)
  local run = recall(keys[1])
  if not run then
    return refuse_stale(nil)
  end
  local bucket, cursor, holders = tonumber(args[1]), args[2], {}
  local classes = bucket == 0 and cursor == '0' and show_classes(run) or {}
  local last_bucket = math.min(run.buckets, bucket + PAGE_BUCKETS)
  while bucket < last_bucket and #holders < PAGE do
    local page = redis.call('HSCAN', bucket_key(run, bucket), cursor, 'COUNT', '50')
    for i = 1, #page[2], 2 do
      holders[#holders + 1] = show_holder(run, page[2][i], page[2][i + 1])
    end
    cursor = page[1]
    if cursor == '0' then
      bucket = bucket + 1
    end
  end
  local last = redis.call('XREVRANGE', run.changes, '+', '-', 'COUNT', '1')[1]
  return {run.epoch, run.legs, run.sale, classes, holders,
          bucket < run.buckets and spell(bucket) or '', cursor,
          run.text .. (last and last[1] or '')}
end

-- No ARGV. Answers {epoch, legs, id of the shard's last change, {{code, 'a' or 'c', capacity,
-- coaches, {for each leg: bitmap or count}, code of the class whose units it sells or '',
-- positions}, ...}}.
local function vacancy(keys)
  local run = recall(keys[1])
  if not run then
    return refuse_stale(nil)
  end
  local last = redis.call('XREVRANGE', run.changes, '+', '-', 'COUNT', '1')[1]
  return {run.epoch, run.legs, last and last[1] or '0-0', show_classes(run)}
end

register('houbu_snapshot', snapshot)
register('houbu_state', state)
redis.register_function{
  function_name = 'houbu_vacancy', callback = in_one_place(vacancy),
  flags = {'no-writes'}}
