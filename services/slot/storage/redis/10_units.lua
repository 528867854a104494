-- Units: which are free, who has which.

local WEIGHTS = {128, 64, 32, 16, 8, 4, 2, 1}  -- bit 0 of a Redis string is the highest of byte 0

local function bitmap_key(class, leg)
  return class.run.key .. ':b:' .. class.code .. ':' .. leg
end

local function counts_key(class)
  return class.run.key .. ':n:' .. class.code
end

local function legs_between(from, to)
  local legs = {}
  for leg = from, to - 1 do
    legs[#legs + 1] = leg
  end
  return legs
end

-- Gives the key of the bitmap of units free over all legs. The intersection is not replicated:
-- it is dead with the call.
local function free_over(class, from, to)
  if to - from == 1 then
    return bitmap_key(class, from)
  end
  local target = class.run.key .. ':x'
  local sources = {}
  for leg = from, to - 1 do
    sources[#sources + 1] = bitmap_key(class, leg)
  end
  redis.set_repl(redis.REPL_NONE)
  redis.call('BITOP', 'AND', target, unpack(sources))
  redis.set_repl(redis.REPL_ALL)
  return target
end

-- Counts the places left over the legs.
local function count_free(class, from, to)
  if not class.counted then
    return redis.call('BITCOUNT', free_over(class, from, to))
  end
  local least = CAPACITY_MAX
  for _, free in ipairs(redis.call('HMGET', counts_key(class), unpack(legs_between(from, to)))) do
    least = math.min(least, tonumber(free or 0))
  end
  return least
end

-- Chooses units for a party in one pass: neighbours in one coach, else the first coach with room
-- for all, else the first free units of the train. nil when fewer are free.
local function choose_together(bits, coach_sizes, party)
  local first, one_coach, in_coach = {}, nil, {}
  local coach, coach_end, streak, last = 1, coach_sizes[1] or CAPACITY_MAX, 0, -2
  for i = 1, #bits do
    local byte = string.byte(bits, i)
    for b = 1, byte == 0 and 0 or 8 do
      if byte >= WEIGHTS[b] then
        byte = byte - WEIGHTS[b]
        local unit = i * 8 - 9 + b
        while unit >= coach_end do
          coach = coach + 1
          coach_end = coach_end + (coach_sizes[coach] or CAPACITY_MAX)
          in_coach, streak = {}, 0
        end
        streak = unit == last + 1 and streak + 1 or 1
        last = unit
        if #first < party then
          first[#first + 1] = unit
        end
        if #in_coach < party then
          in_coach[#in_coach + 1] = unit
          one_coach = one_coach or (#in_coach == party and in_coach)
        end
        if streak == party then
          local units = {}
          for n = 1, party do
            units[n] = unit - party + n
          end
          return units
        end
      end
    end
  end
  return one_coach or (#first == party and first) or nil
end

-- Finds places of a kind: the units (none where counted), or nil when it does not fit.
local function find(class, kind)
  if class.counted then
    return count_free(class, kind.from, kind.to) >= kind.party and {} or nil
  end
  local key = free_over(class, kind.from, kind.to)
  if kind.party == 1 then
    local unit = redis.call('BITPOS', key, 1)
    return unit >= 0 and {unit} or nil
  end
  local bits = redis.call('GET', key)
  return bits and choose_together(bits, split_numbers(class.coaches), kind.party) or nil
end

-- Sets the bits of units over legs, or moves the counts: free = 1 gives back, free = 0 takes.
local function mark(class, kind, units, free)
  if class.counted then
    local step = free == 1 and kind.party or -kind.party
    for leg = kind.from, kind.to - 1 do
      redis.call('HINCRBY', counts_key(class), leg, step)
    end
    return
  end
  if #units == 1 then
    for leg = kind.from, kind.to - 1 do
      redis.call('SETBIT', bitmap_key(class, leg), units[1], free)
    end
    return
  end
  local steps = {}
  for _, unit in ipairs(units) do
    steps[#steps + 1] = 'SET'
    steps[#steps + 1] = 'u1'
    steps[#steps + 1] = unit
    steps[#steps + 1] = free
  end
  for leg = kind.from, kind.to - 1 do
    redis.call('BITFIELD', bitmap_key(class, leg), unpack(steps))
  end
end

local function unconfirmed_key(run)
  return run.shard .. ':unconfirmed'
end

-- Takes places for a token; `holder` is 'b' for a booking, 'd' for a demand. The time is the
-- server's: only the sweeper of orphans looks at it.
local function take(class, kind, units, token, holder)
  local run = class.run
  mark(class, kind, units, 0)
  local value = table.concat(
    {holder, kind.from, kind.to, kind.party, class.code, table.concat(units, ',')}, ':')
  redis.call('HSET', run.key .. ':t', token, value)
  local now = redis.call('TIME')
  redis.call('ZADD', unconfirmed_key(run), string.format('%.0f', now[1] * 1000000 + now[2]),
             run.id .. ' ' .. token)
end

-- Reads what a token has from its value in R:t: class code, kind, units, holder.
local function parse_taken(value)
  local holder, from, to, party, class, units =
    string.match(value, '^(%l):(%d+):(%d+):(%d+):([^:]+):(.*)$')
  local kind = {from = tonumber(from), to = tonumber(to), party = tonumber(party)}
  return class, kind, split_numbers(units), holder
end

local function same_kind(a, b)
  return a.from == b.from and a.to == b.to and a.party == b.party
end
