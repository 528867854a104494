-- The line: who waits.
--
-- From each boarding stop of a class one sorted set of equal scores, so ordered by its members'
-- bytes. A member is
--   to, the party (one byte; 255 and three bytes from 255 on), the effective microsecond in seven
--   bytes (its quotient by 2^24 plus 2^29 in four, the rest in three), the demand's id
-- so those who ask for the same stand together, the earliest first, the same microsecond by id.

local QUOTIENT, HIGH_BASE = 16777216, 536870912
local LATEST = '\255'  -- behind every place of a kind: a microsecond's first byte is at most 64

local function line_key(class, from)
  local key = class.line_keys[from]
  if not key then
    key = class.run.data .. ':q:' .. spell(class.index) .. ':' .. spell(from)
    class.line_keys[from] = key
  end
  return key
end

local function kind_bytes(to, party)
  if party < 255 then
    return string.char(to, party)
  end
  return string.char(to, 255) .. three_bytes(party)
end

-- Gives the place of somebody in the line of a stop, without the id.
local function place_of(kind, score)
  local low = score % QUOTIENT
  local high = (score - low) / QUOTIENT + HIGH_BASE
  return kind_bytes(kind.to, kind.party) .. string.char(math.floor(high / 16777216))
    .. three_bytes(high % 16777216) .. three_bytes(low)
end

-- Reads a member: {class, from, to, party, score, demand, member, bytes of its kind}.
local function parse_member(class, from, member)
  local to, party = string.byte(member, 1, 2)
  local size = 2
  if party == 255 then
    local high, middle, low = string.byte(member, 3, 5)
    party, size = (high * 256 + middle) * 256 + low, 5
  end
  local a, b, c, d, e, f, g = string.byte(member, size + 1, size + 7)
  local high = ((a * 256 + b) * 256 + c) * 256 + d - HIGH_BASE
  local score = high * QUOTIENT + (e * 256 + f) * 256 + g
  return {
    class = class, from = from, to = to, party = party, score = score,
    demand = string.sub(member, size + 8), member = member, bytes = string.sub(member, 1, size),
  }
end

local function waiting_value(class, from, place)
  return 'w' .. string.char(class.index, from) .. place
end

-- Reads who waits from the holder's value and id.
local function parse_waiting(run, value, demand)
  local index, from = string.byte(value, 2, 3)
  return parse_member(run.classes[index], from, string.sub(value, 4) .. demand)
end

local function put_in_line(class, from, member)
  redis.call('ZADD', line_key(class, from), '0', member)
  redis.call('SETBIT', class.stops_key, spell(from), '1')
end

local function take_out_of_line(waiter)
  local class, key = waiter.class, line_key(waiter.class, waiter.from)
  redis.call('ZREM', key, waiter.member)
  if redis.call('EXISTS', key) == 0 then
    redis.call('SETBIT', class.stops_key, spell(waiter.from), '0')
    if redis.call('BITPOS', class.stops_key, '1') < 0 then
      redis.call('DEL', class.stops_key)
    end
  end
end

-- Lists the boarding stops of a class that have a line, from `low` to `high`.
local function stops_between(class, low, high)
  local bits, stops = redis.call('GET', class.stops_key), {}
  for stop = low, bits and math.min(high, #bits * 8 - 1) or -1 do
    local byte = string.byte(bits, math.floor(stop / 8) + 1)
    if byte % (WEIGHTS[stop % 8 + 1] * 2) >= WEIGHTS[stop % 8 + 1] then
      stops[#stops + 1] = stop
    end
  end
  return stops
end

-- Reads the first waiter of a kind, nil when there is none.
local function read_head(class, from, bytes)
  local head = redis.call('ZRANGEBYLEX', line_key(class, from), '[' .. bytes,
                          '(' .. bytes .. LATEST, 'LIMIT', '0', '1')[1]
  return head and parse_member(class, from, head)
end

-- Lua's own < on strings follows the locale; this one is memcmp.
local function precedes(a, b)
  local length = math.min(#a, #b)
  for i = 1, length do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then
      return x < y
    end
  end
  return #a < #b
end

local function stands_before(a, b)
  if a.score ~= b.score then
    return a.score < b.score
  end
  return precedes(a.demand, b.demand)
end

local function earliest(waiters)
  local best = 1
  for i = 2, #waiters do
    if stands_before(waiters[i], waiters[best]) then
      best = i
    end
  end
  return best
end
