-- The line: who waits, and serving it.

local function queue_key(class, kind)
  return class.run.key .. ':q:' .. class.code .. ':' .. kind.from .. ':' .. kind.to .. ':'
    .. kind.party
end

local function kinds_key(class)
  return class.run.key .. ':k:' .. class.code
end

-- Finds the pair (to, party) in the list of a boarding stop: its position, or nil.
local function position_of(list, kind)
  for i = 1, #list, 2 do
    local to, party = string.byte(list, i, i + 1)
    if to == kind.to and party == kind.party then
      return i
    end
  end
  return nil
end

local function note_kind(class, kind)
  local list = redis.call('HGET', kinds_key(class), kind.from) or ''
  if position_of(list, kind) then
    return
  end
  redis.call('DEL', queue_key(class, kind))  -- a queue that is not listed is a leftover
  redis.call('HSET', kinds_key(class), kind.from, list .. string.char(kind.to, kind.party))
end

local function forget_kind(class, kind)
  local list = redis.call('HGET', kinds_key(class), kind.from) or ''
  local at = position_of(list, kind)
  if not at then
    return
  end
  local rest = string.sub(list, 1, at - 1) .. string.sub(list, at + 2)
  if rest == '' then
    redis.call('HDEL', kinds_key(class), kind.from)
  else
    redis.call('HSET', kinds_key(class), kind.from, rest)
  end
end

local function put_in_line(class, kind, demand, score)
  note_kind(class, kind)
  redis.call('ZADD', queue_key(class, kind), string.format('%.0f', score), demand)
  redis.call('HSET', class.run.key .. ':d', demand,
             table.concat({kind.from, kind.to, kind.party, class.code}, ':'))
end

local function take_out_of_line(class, kind, demand)
  local queue = queue_key(class, kind)
  redis.call('ZREM', queue, demand)
  redis.call('HDEL', class.run.key .. ':d', demand)
  if redis.call('EXISTS', queue) == 0 then
    forget_kind(class, kind)
  end
end

-- Reads where a demand in line stands from its value in R:d: class code, kind.
local function parse_waiting(value)
  local from, to, party, class = string.match(value, '^(%d+):(%d+):(%d+):(.+)$')
  return class, {from = tonumber(from), to = tonumber(to), party = tonumber(party)}
end

-- Gives a demand its places and proposes the match to the record.
local function match(class, kind, units, demand)
  take(class, kind, units, demand, 'd')
  redis.call('XADD', class.run.shard .. ':matches', '*', 'run', class.run.id,
             'epoch', class.run.epoch, 'demand', demand, 'class', class.code,
             'from', kind.from, 'to', kind.to, 'party', kind.party,
             'units', table.concat(units, ','))
end

-- Widens freed legs to the free gap around them, the widest over all freed units: a demand that
-- newly fits has a freed unit free over all its legs.
local function gap_around(class, kind, units)
  local low, high = kind.from, kind.to
  if class.counted then
    local counts = redis.call('HMGET', counts_key(class), unpack(legs_between(0, class.run.legs)))
    while low > 0 and tonumber(counts[low]) > 0 do  -- counts[i] is leg i - 1
      low = low - 1
    end
    while high < class.run.legs and tonumber(counts[high + 1]) > 0 do
      high = high + 1
    end
    return low, high
  end
  for _, unit in ipairs(units) do
    local leg = kind.from - 1
    while leg >= 0 and redis.call('GETBIT', bitmap_key(class, leg), unit) == 1 do
      low = math.min(low, leg)
      leg = leg - 1
    end
    leg = kind.to
    while leg < class.run.legs and redis.call('GETBIT', bitmap_key(class, leg), unit) == 1 do
      leg = leg + 1
      high = math.max(high, leg)
    end
  end
  return low, high
end

-- Lists the kinds with waiters inside the gap [low, high] that overlap the freed legs, each with
-- its first waiter.
local function candidates(class, freed, low, high)
  local stops = legs_between(low, math.min(freed.to, high))
  local lists = redis.call('HMGET', kinds_key(class), unpack(stops))
  local found = {}
  for i, stop in ipairs(stops) do
    local list = lists[i] or ''
    for at = 1, #list, 2 do
      local to, party = string.byte(list, at, at + 1)
      if to > freed.from and to <= high then
        found[#found + 1] = {from = stop, to = to, party = party}
      end
    end
  end
  return found
end

-- Reads the first waiter of a kind: false when there is none.
local function read_head(class, kind)
  local head = redis.call('ZRANGE', queue_key(class, kind), 0, 0, 'WITHSCORES')
  kind.demand, kind.score = head[1], tonumber(head[2])
  return kind.demand ~= nil
end

local function stands_before(a, b)
  if a.score ~= b.score then
    return a.score < b.score
  end
  return precedes(a.demand, b.demand)
end

local function earliest(kinds)
  local best = 1
  for i = 2, #kinds do
    if stands_before(kinds[i], kinds[best]) then
      best = i
    end
  end
  return best
end

-- Serves the earliest waiter that fits, again until none fits. While it runs free units only
-- become fewer, so a kind that does not fit is done with; its whole queue asks for the same.
local function serve_kinds(class, kinds)
  local waiting, matches = {}, 0
  for _, kind in ipairs(kinds) do
    if read_head(class, kind) then
      waiting[#waiting + 1] = kind
    end
  end
  while #waiting > 0 do
    local at = earliest(waiting)
    local kind = waiting[at]
    local units = find(class, kind)
    local more = false
    if units then
      take_out_of_line(class, kind, kind.demand)
      match(class, kind, units, kind.demand)
      matches = matches + 1
      more = read_head(class, kind)
    end
    if not more then
      waiting[at] = waiting[#waiting]
      waiting[#waiting] = nil
    end
  end
  return matches
end

-- Serves the line from units that were just given back over `freed`; all their bits are set, or a
-- later single would overtake an earlier pair.
local function serve_freed(class, freed, units)
  if redis.call('EXISTS', kinds_key(class)) == 0 then
    return 0
  end
  local low, high = gap_around(class, freed, units)
  return serve_kinds(class, candidates(class, freed, low, high))
end

-- Serves the line from everything that is free.
local function serve_all(class)
  local whole = {from = 0, to = class.run.legs}
  return serve_kinds(class, candidates(class, whole, 0, class.run.legs))
end
