-- Adding units to a class.

-- Sets bits first to last - 1 of a bitmap to 1; what lies before stays, nothing lies after.
local function append_ones(bits, first, last)
  local whole = math.floor(first / 8)
  local byte = (string.byte(bits, whole + 1) or 0)
  for bit_of_byte = first % 8, math.min(7, last - 1 - whole * 8) do
    byte = byte + WEIGHTS[bit_of_byte + 1]
  end
  local before = string.sub(bits, 1, whole)
  return before .. string.rep('\0', whole - #before) .. string.char(byte)
    .. ones(math.max(0, last - (whole + 1) * 8))
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

-- Gives the tail of the head with another capacity of the class and of those that sell its units.
local function extended_tail(class, capacity, coaches)
  local texts = {}
  for i, other in ipairs(class.run.classes) do
    local same = other.pool == class.pool
    texts[i] = other.code .. '|' .. (other.counted and 'c|' or 'a|')
      .. spell(same and capacity or other.capacity) .. '|' .. spell(other.pool) .. '|'
      .. other.positions .. '|' .. (same and coaches or other.coaches)
  end
  return table.concat(texts, ';')
end

-- ARGV: epoch, class, first unit, units, '1' when they extend the last coach. Answers {demands
-- served, 1 when work is left over else 0}.
local function add_capacity(keys, args)
  local class, refusal = open_class(keys[1], args[1], args[2])
  if not class then
    return refusal
  end
  local run, first, units = class.run, tonumber(args[3]), tonumber(args[4])
  local last = first + units
  if units < 1 or last > CAPACITY_MAX or class.pool ~= class.index then
    return refuse('CAPACITY_INVALID', 'these units cannot be added to the class')
  elseif class.capacity >= last then
    return {0, left_of(run)}
  elseif class.capacity ~= first then
    return refuse_stale(args[1])
  end
  local coaches = class.counted and '' or extended_coaches(class.coaches, units, args[5] == '1')
  local tail = extended_tail(class, last, coaches)
  local head = head_of(run.epoch, run.generation, run.legs, run.buckets, run.sale .. run.work,
                       tail)
  redis.call('SET', keys[1], head)
  if class.counted then
    move_counts(class, 0, run.legs, units)
  end
  for leg = 1, class.counted and 0 or run.legs do
    local bits = redis.call('GET', class.bits[leg]) or ''
    redis.call('SET', class.bits[leg], append_ones(bits, first, last))
  end
  for _, sharer in ipairs(class.sharers) do
    tell(run, '^' .. sharer.words .. spell(first) .. ' ' .. spell(units))
  end
  run = parse_run(keys[1], head)
  remember(run)
  local matches = serve_all(run, run.classes[class.index].sharers)
  return {matches, left_of(run)}
end

register('houbu_add_capacity', add_capacity)
