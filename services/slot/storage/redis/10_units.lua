-- Units: which are free, and choosing among them.

-- Gives the key of the bitmap of units free over all legs. The intersection is not replicated:
-- it is dead with the call.
local function free_over(class, from, to)
  if to - from == 1 then
    return class.bits[to]
  end
  local target = class.run.intersection
  redis.set_repl(redis.REPL_NONE)
  redis.call('BITOP', 'AND', target, unpack(class.bits, from + 1, to))
  redis.set_repl(redis.REPL_ALL)
  return target
end

local FORMATS = {}

-- Gives the format of `count` numbers of four bytes.
local function four_bytes(count)
  FORMATS[count] = FORMATS[count] or '>' .. string.rep('I4', count)
  return FORMATS[count]
end

-- Gives how many are free on each of the legs.
local function read_counts(class, from, to)
  local bytes = redis.call('GETRANGE', class.counts_key, spell(from * 4), spell(to * 4 - 1))
  return {struct.unpack(four_bytes(to - from), bytes)}
end

-- Adds `step` to what is free on each of the legs.
local function move_counts(class, from, to, step)
  local counts, legs = read_counts(class, from, to), to - from
  for i = 1, legs do
    counts[i] = counts[i] + step
  end
  redis.call('SETRANGE', class.counts_key, spell(from * 4),
             struct.pack(four_bytes(legs), unpack(counts, 1, legs)))
end

-- Counts the places left over the legs.
local function count_free(class, from, to)
  if not class.counted then
    return redis.call('BITCOUNT', free_over(class, from, to))
  end
  local counts, least = read_counts(class, from, to), CAPACITY_MAX
  for i = 1, to - from do
    if counts[i] < least then
      least = counts[i]
    end
  end
  return least
end

-- Gives the positions somebody wishes for as a set of bytes, nil when there are none.
local function wished_positions(class, wish)
  if not wish or wish == '' or class.positions == '' then
    return nil
  end
  local wished = {}
  for i = 1, #wish do
    wished[string.byte(wish, i)] = true
  end
  return wished
end

local function units_up_to(last, party)
  local units = {}
  for i = 1, party do
    units[i] = last - party + i
  end
  return units
end

-- Chooses units for a party in one pass over the bits: neighbours in one coach, among them first
-- those with a unit at a wished position; else the first coach with room for all; else the first
-- free units of the train. nil when fewer are free. The positions repeat from each coach's start.
local function choose(bits, class, party, wish)
  local ends, positions, wanted = class.ends, class.positions, wished_positions(class, wish)
  local spread, in_coach, one_coach, together = {}, {}, nil, nil
  local coach, first, last = 1, 0, ends[1] or 0
  local streak, previous, wished = 0, -2, -1
  for i = 1, #bits do
    local byte = string.byte(bits, i)
    for b = 1, byte == 0 and 0 or 8 do
      if byte >= WEIGHTS[b] then
        byte = byte - WEIGHTS[b]
        local unit = i * 8 - 9 + b
        while unit >= last and ends[coach] do
          coach, first, last = coach + 1, last, ends[coach + 1] or CAPACITY_MAX
          streak, in_coach = 0, {}
        end
        streak = unit == previous + 1 and streak + 1 or 1
        previous = unit
        if wanted and wanted[string.byte(positions, (unit - first) % #positions + 1)] then
          wished = unit
        end
        if streak >= party then
          if not wanted or wished > unit - party then
            return units_up_to(unit, party)
          end
          together = together or unit
        end
        if #spread < party then
          spread[#spread + 1] = unit
        end
        if not one_coach then
          in_coach[#in_coach + 1] = unit
          one_coach = #in_coach == party and in_coach or nil
        end
      end
    end
  end
  return together and units_up_to(together, party) or one_coach or #spread == party and spread
    or nil
end

-- Finds places of a kind: the units (none where counted), or nil when it does not fit.
local function find(class, kind, wish)
  if class.counted then
    return count_free(class, kind.from, kind.to) >= kind.party and {} or nil
  end
  local key = free_over(class, kind.from, kind.to)
  if kind.party == 1 and (not wish or wish == '' or class.positions == '') then
    local unit = redis.call('BITPOS', key, '1')
    return unit >= 0 and {unit} or nil
  end
  local bits = redis.call('GET', key)
  return bits and choose(bits, class, kind.party, wish) or nil
end

-- Sets the bits of a large party by whole bytes; they must all be the other way round.
local function mark_bytes(class, kind, units, free)
  local first, last = math.floor(units[1] / 8), math.floor(units[#units] / 8)
  local sign, change = free == '1' and 1 or -1, {}
  for i = 1, last - first + 1 do
    change[i] = 0
  end
  for i = 1, #units do
    local at = math.floor(units[i] / 8) - first + 1
    change[at] = change[at] + sign * WEIGHTS[units[i] % 8 + 1]
  end
  local from, to = spell(first), spell(last)
  for leg = kind.from + 1, kind.to do
    local bytes = {string.byte(redis.call('GETRANGE', class.bits[leg], from, to), 1, -1)}
    for i = 1, #change do
      bytes[i] = bytes[i] + change[i]
    end
    redis.call('SETRANGE', class.bits[leg], from, string.char(unpack(bytes)))
  end
end

-- Sets the bits of units over legs, or moves the counts: free = '1' gives back, free = '0' takes.
local function mark(class, kind, units, free)
  if class.counted then
    move_counts(class, kind.from, kind.to, free == '1' and kind.party or -kind.party)
    return
  end
  local call, bits = redis.call, class.bits
  if #units == 1 then
    local unit = spell(units[1])
    for leg = kind.from + 1, kind.to do
      call('SETBIT', bits[leg], unit, free)
    end
    return
  end
  if units[#units] - units[1] < math.min(#units * 16, 4000) and #units > 3 then
    mark_bytes(class, kind, units, free)
    return
  end
  local steps = {}
  for i = 1, #units do
    local at = i * 4
    steps[at - 3], steps[at - 2], steps[at - 1], steps[at] = 'SET', 'u1', spell(units[i]), free
  end
  for leg = kind.from + 1, kind.to do
    call('BITFIELD', bits[leg], unpack(steps))
  end
end

-- Spells units out: * where counted.
local function list_of(units)
  local count = #units
  if count == 0 then
    return '*'
  elseif count == 1 then
    return spell(units[1])
  end
  return table.concat(units, ',')
end

-- Tells whoever follows the shard what changed; answers the change's id. Entries older than about
-- 65,536 are forgotten; a reader that is behind them sees the gap (houbu_changes).
local function tell(run, text)
  return redis.call('XADD', run.changes, 'MAXLEN', '~', '65536', '*', 'c', text)
end

-- Tells that places were taken ('-') or given back ('+'), for each class that sells the units.
local function tell_places(op, class, kind, list)
  local rest = spell(kind.from) .. ' ' .. spell(kind.to) .. ' ' .. spell(kind.party) .. ' ' .. list
  local sharers, id = class.sharers, nil
  for i = 1, #sharers do
    id = tell(class.run, op .. sharers[i].words .. rest)
  end
  return id
end
