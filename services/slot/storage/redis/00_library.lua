#!lua name=houbu
-- The inventory and the line of a run, one atomic step a call (W-05, X-01, X-05).
--
-- Keys of a run, all below its own key R = h:{sNN}:r:<run>, so all in one slot of a cluster:
--   R                  hash: epoch, legs, classes ("second first"), and for each class
--                      c:<class> = "a <capacity> <coach>,<coach>,..." or "c <capacity>"
--   R:b:<class>:<leg>  numbered units: a bitmap for each leg, bit 1 = free, padding 0
--   R:n:<class>        counted units: hash of leg -> how many are free
--   R:t                hash of tokens: who has what, "<holder>:<from>:<to>:<party>:<class>:<units>"
--   R:d                hash of the demands in line: "<from>:<to>:<party>:<class>"
--   R:q:<class>:<from>:<to>:<party>   the queue of a kind: sorted set by effective microsecond
--   R:k:<class>        kinds that have waiters: hash of from -> pairs of bytes (to, party)
--   R:x                the intersection of bitmaps, overwritten by every call
-- and of the shard S = h:{sNN}:
--   S:matches          stream of matches that wait for the record
--   S:unconfirmed      sorted set of "<run> <token>" by microsecond of taking
--
-- Every function checks everything before its first write: one that failed would keep what it
-- wrote. Nothing of redis.* may be touched while the library loads.

local PARTY_MAX = 100
local LEGS_MAX = 250
local CAPACITY_MAX = 100000
local SCORE_MAX = 9007199254740992  -- 2^53: microseconds are exact below it

local function refuse(code, text)
  return redis.error_reply(code .. ' ' .. text)
end

-- The index has epoch `present`, false for none.
local function refuse_stale(present)
  return refuse('STALE_INDEX', present or '0')
end

local function split_numbers(text)
  local numbers = {}
  for number in string.gmatch(text, '[^,]+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return numbers
end

-- Lua's own < on strings follows the locale; this one is memcmp, as in sorted sets.
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

local function names_of(run_key)
  local at = string.find(run_key, ':r:', 1, true)
  return string.sub(run_key, 1, at - 1), string.sub(run_key, at + 3)
end

-- Fills in what is known of one class from its line in the run's hash.
local function describe_class(run, class, line)
  local kind, capacity, coaches = string.match(line, '^(%l) (%d+) ?(.*)$')
  return {
    run = run, code = class, counted = kind == 'c', capacity = tonumber(capacity),
    coaches = coaches,
  }
end

-- Opens a run at the expected epoch: the run, or nil and the refusal.
local function open(run_key, epoch)
  local read = redis.call('HMGET', run_key, 'epoch', 'legs')
  if read[1] ~= epoch then
    return nil, refuse_stale(read[1])
  end
  local shard, id = names_of(run_key)
  return {key = run_key, shard = shard, id = id, epoch = epoch, legs = tonumber(read[2])}
end

-- Opens one class of a run at the expected epoch: the class, or nil and the refusal.
local function open_class(run_key, epoch, class)
  local read = redis.call('HMGET', run_key, 'epoch', 'legs', 'c:' .. class)
  if read[1] ~= epoch then
    return nil, refuse_stale(read[1])
  end
  if not read[3] then
    return nil, refuse('CLASS_UNKNOWN', 'the run has no such class')
  end
  local shard, id = names_of(run_key)
  local run = {key = run_key, shard = shard, id = id, epoch = epoch, legs = tonumber(read[2])}
  return describe_class(run, class, read[3])
end

-- Reads a kind from three arguments: the kind, or nil and the refusal.
local function read_kind(run, from, to, party)
  local kind = {from = tonumber(from), to = tonumber(to), party = tonumber(party)}
  if not (kind.from and kind.to and 0 <= kind.from and kind.from < kind.to
          and kind.to <= run.legs) then
    return nil, refuse('LEGS_INVALID', 'the run has no such stretch')
  end
  if not (kind.party and 1 <= kind.party and kind.party <= PARTY_MAX) then
    return nil, refuse('PARTY_INVALID', 'a party has 1 to ' .. PARTY_MAX .. ' passengers')
  end
  return kind
end

local function all_classes(run)
  local classes = {}
  for class in string.gmatch(redis.call('HGET', run.key, 'classes'), '%S+') do
    local line = redis.call('HGET', run.key, 'c:' .. class)
    classes[#classes + 1] = describe_class(run, class, line)
  end
  return classes
end
