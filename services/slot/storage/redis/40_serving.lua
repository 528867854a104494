-- Serving the line from what became free: the earliest waiter that fits, again until none fits.
--
-- First the line is looked through where a waiter could newly fit: a search of a boarding stop's
-- line finds the head of each kind that has room. Then heads are served in order. While this runs
-- free units only become fewer, so a kind that does not fit is done with.
--
-- One call does at most about WORK_MAX of this. What is left over is written to D:w, the run is
-- marked, and the next calls go on with it before anybody may buy. Members of D:w are
--   NUL, class, from, high, cursor           a search, score -inf: before everything else
--   demand, NUL, class, from, bytes of kind  the head of a kind, by effective microsecond

-- Gives a search of the line from a stop to the stops behind `above` up to `high`.
local function new_search(class, from, above, high)
  return {class = class, from = from, high = high, cursor = '[' .. string.char(above + 1)}
end

-- Goes on with a search: the head of the next kind that has room, false when there is something to
-- look at behind it, nil at the end; and what it cost.
local function go_on(search)
  local class, from = search.class, search.from
  local member = redis.call('ZRANGEBYLEX', line_key(class, from), search.cursor,
                            '(' .. string.char(search.high + 1), 'LIMIT', '0', '1')[1]
  if not member then
    return nil, 1
  end
  local head, cost = parse_member(class, from, member), 2
  if search.to ~= head.to then
    search.to, search.room = head.to, count_free(class, from, head.to)
    cost = 4 + (head.to - from) / 8 + class.capacity / 1000
  end
  if head.party > search.room then  -- larger parties, behind it, do not fit either
    search.cursor = '(' .. string.char(head.to, 255, 255)
    return false, cost
  end
  search.cursor = '(' .. head.bytes .. LATEST
  return head, cost
end

-- Gives a demand places and proposes the match to the record.
local function match(class, kind, units, demand)
  local run = class.run
  redis.call('HSET', bucket_of(run, demand), demand, places_of('d', class, kind, units))
  settle(class, kind, units, demand)
  redis.call('XADD', run.shard .. ':matches', '*', 'm',
             run.id .. ' ' .. run.epoch .. ' ' .. demand .. ' ' .. class.code .. ' '
             .. spell(kind.from) .. ' ' .. spell(kind.to) .. ' ' .. spell(kind.party) .. ' '
             .. list_of(units))
end

-- Matches a waiter. False when it is nobody: a place in line without a holder serves nobody.
local function match_waiter(waiter, units)
  local class, demand = waiter.class, waiter.demand
  local held = redis.call('HGET', bucket_of(class.run, demand), demand)
  take_out_of_line(waiter)
  if not held or held .. demand ~= waiting_value(class, waiter.from, waiter.member) then
    return false
  end
  match(class, waiter, units, demand)
  return true
end

-- Serves a head when it fits: the next head of its kind or nil, 1 when it was matched else 0, and
-- what it cost.
local function serve_head(head)
  local class, legs = head.class, head.to - head.from
  local cost = 4 + legs / 8 + (head.party > 1 and class.capacity / 64 or 0)
  local units = find(class, head)
  if not units then
    return nil, 0, cost
  end
  local matched = match_waiter(head, units) and 1 or 0
  return read_head(class, head.from, head.bytes), matched, cost + 14 + legs * (head.party + 1) / 2
end

local function leave_search(run, search)
  redis.call('ZADD', run.left, '-inf', '\0' .. string.char(search.class.index, search.from,
                                                            search.high) .. search.cursor)
end

local function leave_head(run, head)
  redis.call('ZADD', run.left, string.format('%.0f', head.score), head.demand .. '\0'
             .. string.char(head.class.index, head.from) .. head.bytes)
end

local function leave_work(run, searches, first, heads)
  for i = first, #searches do
    leave_search(run, searches[i])
  end
  for i = 1, #heads do
    leave_head(run, heads[i])
  end
  if run.work == '-' then
    write_flags(run, run.sale, 'w')
    redis.call('SADD', run.shard .. ':left', run.id)
  end
end

-- Does one piece of what was left over: 1 when somebody was matched else 0, and what it cost.
local function do_piece(run, piece)
  local at = string.find(piece, '\0', 1, true)
  local index, from, third = string.byte(piece, at + 1, at + 3)
  local class = run.classes[index]
  if at == 1 then
    local search = {class = class, from = from, high = third, cursor = string.sub(piece, 5)}
    local head, cost = go_on(search)
    if head then
      leave_head(run, head)
    end
    if head ~= nil then
      leave_search(run, search)
    end
    return 0, cost + 4
  end
  local head = read_head(class, from, string.sub(piece, at + 3))
  local matched, cost = 0, 1
  if head and head.demand == string.sub(piece, 1, at - 1) then
    head, matched, cost = serve_head(head)
  end
  if head then
    leave_head(run, head)
  end
  return matched, cost + 4
end

-- Goes on with what was left over; answers how many were matched.
local function serve_left(run)
  local matches, work = 0, 0
  while work < WORK_MAX do
    local piece = redis.call('ZPOPMIN', run.left)[1]
    if not piece then
      write_flags(run, run.sale, '-')
      redis.call('SREM', run.shard .. ':left', run.id)
      break
    end
    local matched, cost = do_piece(run, piece)
    matches, work = matches + matched, work + cost
  end
  return matches
end

-- Does the searches and serves whom they find; answers how many were matched. Where this leaves
-- work over, run.work is 'w'.
local function serve(run, searches)
  if run.work == 'w' then
    leave_work(run, searches, 1, {})
    return serve_left(run)
  end
  local heads, matches, work = {}, 0, 0
  for i = 1, #searches do
    local head, cost
    repeat
      if work >= WORK_MAX then
        leave_work(run, searches, i, heads)
        return matches
      end
      head, cost = go_on(searches[i])
      work = work + cost
      heads[#heads + 1] = head or nil
    until head == nil
  end
  while #heads > 0 do
    if work >= WORK_MAX then
      leave_work(run, searches, #searches + 1, heads)
      return matches
    end
    local at = earliest(heads)
    local next_head, matched, cost = serve_head(heads[at])
    matches, work = matches + matched, work + cost
    heads[at] = next_head or heads[#heads]
    if not next_head then
      heads[#heads] = nil
    end
  end
  return matches
end

-- Widens freed legs to the free gap around them, the widest over all freed units: who newly fits
-- has a freed unit free over all legs. Not further down than `lowest`.
local function gap_around(class, kind, units, lowest)
  local low, high = kind.from, kind.to
  if class.counted then
    local counts = read_counts(class, 0, class.run.legs)
    while low > lowest and counts[low] > 0 do  -- counts[i] is leg i - 1
      low = low - 1
    end
    while high < class.run.legs and counts[high + 1] > 0 do
      high = high + 1
    end
    return low, high
  end
  for i = 1, #units do
    local unit = spell(units[i])
    local down, up = kind.from, kind.to
    while down > lowest and redis.call('GETBIT', class.bits[down], unit) == 1 do
      down = down - 1
    end
    while up < class.run.legs and redis.call('GETBIT', class.bits[up + 1], unit) == 1 do
      up = up + 1
    end
    low, high = math.min(low, down), math.max(high, up)
  end
  return low, high
end

-- Serves the line from units that were just given back over `freed`; all their bits are set, or a
-- later single would overtake an earlier pair.
local function serve_freed(class, freed, units)
  local lines, lowest = {}, freed.to
  for i = 1, #class.sharers do
    lines[i] = stops_between(class.sharers[i], 0, freed.to - 1)
    lowest = math.min(lowest, lines[i][1] or lowest)
  end
  if lowest == freed.to then
    return 0
  end
  local low, high = gap_around(class, freed, units, lowest)
  local searches = {}
  for i, stops in ipairs(lines) do
    for _, stop in ipairs(stops) do
      if stop >= low then
        searches[#searches + 1] = new_search(class.sharers[i], stop, freed.from, high)
      end
    end
  end
  return serve(class.run, searches)
end

-- Serves the lines of some classes from everything that is free.
local function serve_all(run, classes)
  local searches = {}
  for _, class in ipairs(classes) do
    for _, stop in ipairs(stops_between(class, 0, run.legs)) do
      searches[#searches + 1] = new_search(class, stop, 0, run.legs)
    end
  end
  return serve(run, searches)
end
