-- Holders: who has places, or waits for some, by token or demand.
--
-- They are spread over as many hashes as keep a usual run's ones small and compact: a hash for
-- four units (see buckets_for). A value is
--   b or d, class, from, to, then the units in three bytes each, or where counted the party in
--           three bytes: places of a booking, or of a demand that was matched
--   w, class, from, then the demand's place in that stop's line without its id (30_line.lua)
-- with class, from and to in one byte each.

-- Gives how many hashes the holders of a run with so many units are spread over.
local function buckets_for(units)
  return math.max(16, math.min(2048, math.ceil(units / 4)))
end

local function bucket_key(run, bucket)
  local key = run.bucket_keys[bucket]
  if not key then
    key = run.data .. ':h:' .. spell(bucket)
    run.bucket_keys[bucket] = key
  end
  return key
end

local function bucket_of(run, holder)
  local a, b, c = string.byte(holder, -3, -1)
  return bucket_key(run, (((a or 0) * 31 + (b or 0)) * 31 + (c or 0)) % run.buckets)
end

local function three_bytes(number)
  return string.char(math.floor(number / 65536), math.floor(number / 256) % 256, number % 256)
end

local function places_of(letter, class, kind, units)
  local head = letter .. string.char(class.index, kind.from, kind.to)
  if class.counted then
    return head .. three_bytes(kind.party)
  elseif #units == 1 then
    return head .. three_bytes(units[1])
  end
  local parts = {head}
  for i = 1, #units do
    parts[i + 1] = three_bytes(units[i])
  end
  return table.concat(parts)
end

-- Reads places: class, kind, units, letter.
local function parse_places(run, value)
  local letter, index, from, to = string.sub(value, 1, 1), string.byte(value, 2, 4)
  local class, units = run.classes[index], {}
  for at = 5, #value, 3 do
    local high, middle, low = string.byte(value, at, at + 2)
    units[#units + 1] = (high * 256 + middle) * 256 + low
  end
  if class.counted then
    return class, {from = from, to = to, party = units[1]}, {}, letter
  end
  return class, {from = from, to = to, party = #units}, units, letter
end

local function is_waiting(value)
  return string.byte(value, 1) == 119
end

-- Notes places that were just taken: in the bitmaps or counts, for followers, and for the sweeper
-- of orphans, by the server's time.
local function settle(class, kind, units, token)
  local run = class.run
  mark(class, kind, units, '0')
  local id = tell_places('-', class, kind, list_of(units))
  redis.call('ZADD', run.unconfirmed, string.sub(id, 1, 13), run.id .. ' ' .. token)
end
