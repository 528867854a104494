#!lua name=houbu_bench
-- What the functions of slot are measured against: see functions.py.

redis.register_function('bench_noop', function()
  return 0
end)

-- A loop over a hash of seats, as one writes it first: seat -> mask of the legs that are taken; the
-- first seat that fits is taken. KEYS: seats, tokens. ARGV: seats, from, to, token.
redis.register_function('bench_naive_allocate', function(keys, args)
  local from, to = tonumber(args[2]), tonumber(args[3])
  local wanted = 2 ^ to - 2 ^ from
  local taken = {}
  local all = redis.call('HGETALL', keys[1])
  for i = 1, #all, 2 do
    taken[all[i]] = tonumber(all[i + 1])
  end
  for seat = 0, tonumber(args[1]) - 1 do
    local mask = taken[tostring(seat)] or 0
    if bit.band(mask, wanted) == 0 then
      redis.call('HSET', keys[1], seat, mask + wanted)
      redis.call('HSET', keys[2], args[4], seat .. ':' .. from .. ':' .. to)
      return seat
    end
  end
  return -1
end)

-- KEYS: seats, tokens. ARGV: token.
redis.register_function('bench_naive_release', function(keys, args)
  local held = redis.call('HGET', keys[2], args[1])
  if not held then
    return 0
  end
  local seat, from, to = string.match(held, '^(%d+):(%d+):(%d+)$')
  local mask = tonumber(redis.call('HGET', keys[1], seat))
  redis.call('HSET', keys[1], seat, mask - (2 ^ tonumber(to) - 2 ^ tonumber(from)))
  redis.call('HDEL', keys[2], args[1])
  return 1
end)

-- One line for all, scanned in order: a sorted set by effective time whose members say what they
-- want ("<from>:<to>:<id>", one passenger each); bitmaps of free seats as the index has them.
-- Gives one seat back and serves whoever fits, until nothing of it is left or the line ends.
-- KEYS: line, and a bitmap for each leg. ARGV: seat, from, to.
redis.register_function('bench_scan_release', function(keys, args)
  local seat, from, to = args[1], tonumber(args[2]), tonumber(args[3])
  local free, left = {}, to - from
  for leg = from, to - 1 do
    redis.call('SETBIT', keys[leg + 2], seat, 1)
  end
  for leg = 0, #keys - 2 do
    free[leg] = redis.call('GETBIT', keys[leg + 2], seat) == 1
  end
  local served, at = 0, 0
  while left > 0 do
    local page = redis.call('ZRANGE', keys[1], at, at + 999)
    if #page == 0 then
      break
    end
    at = at + #page
    for _, member in ipairs(page) do
      local a, b = string.match(member, '^(%d+):(%d+):')
      local fits = true
      for leg = tonumber(a), tonumber(b) - 1 do
        if not free[leg] then
          fits = false
          break
        end
      end
      if fits then
        redis.call('ZREM', keys[1], member)
        for leg = tonumber(a), tonumber(b) - 1 do
          redis.call('SETBIT', keys[leg + 2], seat, 0)
          free[leg], left = false, left - (from <= leg and leg < to and 1 or 0)
        end
        served, at = served + 1, at - 1
        if left <= 0 then
          break
        end
      end
    end
  end
  return served
end)

-- The gap index: for each maximal free gap [a, b) the seats that have it, here as a sorted set
-- by seat; a string of bytes tells which gaps have seats, another which legs each seat has free.
-- Exact best fit for one passenger. KEYS[1]: prefix. ARGV: legs, from, to, token.
local function gap_name(prefix, a, b)
  return prefix .. ':g:' .. a .. ':' .. b
end

local function add_gap(prefix, legs, a, b, seat)
  if a < b then
    redis.call('ZADD', gap_name(prefix, a, b), seat, seat)
    redis.call('SETBIT', prefix .. ':any', a * (legs + 1) + b, 1)
  end
end

local function drop_gap(prefix, legs, a, b, seat)
  local name = gap_name(prefix, a, b)
  redis.call('ZREM', name, seat)
  if redis.call('EXISTS', name) == 0 then
    redis.call('SETBIT', prefix .. ':any', a * (legs + 1) + b, 0)
  end
end

local BITS = {128, 64, 32, 16, 8, 4, 2, 1}

redis.register_function('bench_gap_allocate', function(keys, args)
  local prefix, legs = keys[1], tonumber(args[1])
  local from, to = tonumber(args[2]), tonumber(args[3])
  local any = redis.call('GET', prefix .. ':any') or ''
  local low, high, best = nil, nil, legs + 1
  for a = from, 0, -1 do
    for b = to, legs do
      if b - a >= best then
        break
      end
      local at = a * (legs + 1) + b
      local byte = string.byte(any, math.floor(at / 8) + 1) or 0
      local weight = BITS[at % 8 + 1]
      if byte % (2 * weight) >= weight then
        low, high, best = a, b, b - a
        break
      end
    end
  end
  if not low then
    return -1
  end
  local seat = redis.call('ZRANGE', gap_name(prefix, low, high), 0, 0)[1]
  drop_gap(prefix, legs, low, high, seat)
  add_gap(prefix, legs, low, from, seat)
  add_gap(prefix, legs, to, high, seat)
  local mask = redis.call('HGET', prefix .. ':m', seat)
  redis.call('HSET', prefix .. ':m', seat, string.sub(mask, 1, from) .. string.rep('0', to - from)
             .. string.sub(mask, to + 1))
  redis.call('HSET', prefix .. ':t', args[4], seat .. ':' .. from .. ':' .. to)
  return tonumber(seat)
end)

redis.register_function('bench_gap_release', function(keys, args)
  local prefix, legs = keys[1], tonumber(args[1])
  local held = redis.call('HGET', prefix .. ':t', args[2])
  if not held then
    return 0
  end
  local seat, from, to = string.match(held, '^(%d+):(%d+):(%d+)$')
  from, to = tonumber(from), tonumber(to)
  local mask = redis.call('HGET', prefix .. ':m', seat)
  local low, high = from, to
  while low > 0 and string.byte(mask, low) == 49 do
    low = low - 1
  end
  while high < legs and string.byte(mask, high + 1) == 49 do
    high = high + 1
  end
  if low < from then
    drop_gap(prefix, legs, low, from, seat)
  end
  if high > to then
    drop_gap(prefix, legs, to, high, seat)
  end
  add_gap(prefix, legs, low, high, seat)
  redis.call('HSET', prefix .. ':m', seat, string.sub(mask, 1, from) .. string.rep('1', to - from)
             .. string.sub(mask, to + 1))
  redis.call('HDEL', prefix .. ':t', args[2])
  return 1
end)

-- KEYS[1]: prefix. ARGV: legs, seats.
redis.register_function('bench_gap_load', function(keys, args)
  local legs = tonumber(args[1])
  for seat = 0, tonumber(args[2]) - 1 do
    redis.call('ZADD', gap_name(keys[1], 0, legs), seat, seat)
    redis.call('HSET', keys[1] .. ':m', seat, string.rep('1', legs))
  end
  redis.call('SETBIT', keys[1] .. ':any', legs, 1)
  return 1
end)
