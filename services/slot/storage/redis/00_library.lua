#!lua name=houbu
-- The inventory and the line of a run, one atomic step a call (W-05, X-01, X-05).
--
-- Keys of a run, all below its own key R = h:{sNN}:r:<run>, so all in one slot of a cluster:
--   R        its head,
--            "<epoch>;<generation>;<legs>;<buckets>;<sale><work>;<class>;<class>...;#<seal>":
--            sale is o (open) or c (closed to new buyers), work is w while a call's work is left
--            over, else -; a class is
--            "<code>|<a or c>|<capacity>|<pool>|<positions>|<coach>,<coach>,...", a with
--            numbered units or c counted, pool the number of the class whose units it sells; the
--            seal follows from what is before it, so that nothing else passes for a head
--   R:g      hash of generation -> "<classes>;<legs>;<buckets>;<live, or millisecond it was begun>"
-- A load writes a new generation beside the one in use and then swaps the head. Below
-- D = R:<generation> are, with <i> the number of a class in the head:
--   D:b:<i>:<leg>   numbered units: a bitmap for each leg, bit 1 = free, padding 0
--   D:n:<i>         counted units: four bytes for each leg, how many are free
--   D:h:<bucket>    hash of who holds what, by token or demand, see 20_holders.lua
--   D:q:<i>:<from>  the line from a boarding stop: sorted set of equal scores, see 30_line.lua
--   D:k:<i>         bitmap of the boarding stops that have a line
--   D:w             sorted set of work that is left over, see 40_serving.lua
--   D:x             the intersection of bitmaps, overwritten by every call
-- and of the shard S = h:{sNN}:
--   S:matches      stream of matches that wait for the record; one field m, words separated by
--                  blanks: <run> <epoch> <demand> <class> <from> <to> <party> <units>
--   S:unconfirmed  sorted set of "<run> <token>" by millisecond of taking
--   S:left         set of runs with work left over
--   S:generation   the last generation that was begun
--   S:changes      stream of what changed of what is free, in the order of the changes; each
--                  entry has one field c, words separated by blanks:
--                    - <run> <epoch> <class> <from> <to> <party> <units>   taken
--                    + <run> <epoch> <class> <from> <to> <party> <units>   given back
--                    ^ <run> <epoch> <class> <first> <units>  units added, free on all legs
--                    = <run> <epoch>   loaded or replaced: read its vacancy again
--                    x <run> <epoch>   removed
-- Units are separated by commas, * where counted.
--
-- Every function checks everything before its first write: one that failed would keep what it
-- wrote. Nothing of redis.* may be touched while the library loads.

local PARTY_MAX = 100  -- of numbered units; counted ones are as many as there are
local EPOCH_END = 9000000000000000  -- every epoch is below it
local CLASSES_MAX = 250
local LEGS_MAX = 250
local CAPACITY_MAX = 100000
local SCORE_MAX = 9007199254740992  -- 2^53: microseconds are exact below it
local WORK_MAX = 500  -- of one call that serves the line, in about microseconds
local RUNS_KEPT = 4096

local WEIGHTS = {128, 64, 32, 16, 8, 4, 2, 1}  -- bit 0 of a Redis string is the highest of byte 0

local function refuse(code, text)
  return redis.error_reply(code .. ' ' .. text)
end

-- The index has epoch `present`, nil for none.
local function refuse_stale(present)
  return refuse('STALE_INDEX', present or '0')
end

-- Numbers as texts: what Redis is given as a number it would spell out anew every time.
local SPELT = {}

local function spell(number)
  local text = SPELT[number]
  if not text then
    text = string.format('%d', number)
    SPELT[number] = text
  end
  return text
end

local function split_numbers(text)
  local numbers = {}
  for number in string.gmatch(text, '[^,]+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return numbers
end

local function names_of(run_key)
  local at = string.find(run_key, ':r:', 1, true)
  return string.sub(run_key, 1, at - 1), string.sub(run_key, at + 3)
end

-- The end of each coach: the first unit behind it.
local function ends_of(coaches)
  local ends, sum = split_numbers(coaches), 0
  for i = 1, #ends do
    sum = sum + ends[i]
    ends[i] = sum
  end
  return ends
end

local function parse_class(run, index, text)
  local code, kind, capacity, pool, positions, coaches =
    string.match(text, '^([^|]*)|(%l)|(%d+)|(%d+)|([^|]*)|(.*)$')
  return {
    run = run, index = index, code = code, counted = kind == 'c', capacity = tonumber(capacity),
    pool = tonumber(pool), positions = positions, coaches = coaches, ends = ends_of(coaches),
    line_keys = {}, stops_key = run.data .. ':k:' .. spell(index),
    words = ' ' .. run.id .. ' ' .. run.epoch .. ' ' .. code .. ' ',
  }
end

-- Names the keys of a class's units: of a class that sells another's, the other's.
local function name_units(run, class)
  local owner = spell(class.pool)
  class.counts_key = run.data .. ':n:' .. owner
  class.bits = {}  -- class.bits[leg + 1]
  for leg = 1, class.counted and 0 or run.legs do
    class.bits[leg] = run.data .. ':b:' .. owner .. ':' .. spell(leg - 1)
  end
end

-- What shows that a head is whole: nobody is to be told of a class that a flipped bit made.
local function seal_of(body)
  return ';#' .. string.sub(redis.sha1hex(body), 1, 8)
end

-- The head without its seal; nil where it is not whole.
local function unseal(text)
  local body, seal = string.match(text, '^(.*)(;#%x+)$')
  return body and seal == seal_of(body) and body or nil
end

-- Reads a run from its head. The run is not changed by whoever uses it but to say what it has
-- written into the head (write_flags).
local function parse_run(run_key, text)
  local shard, id = names_of(run_key)
  local epoch, generation, legs, buckets, sale, work, tail =
    string.match(unseal(text) or '', '^(%d+);(%d+);(%d+);(%d+);(%l)(%S);(.*)$')
  if not epoch or tonumber(epoch) >= EPOCH_END then
    error('a head that cannot be')
  end
  local run = {
    key = run_key, shard = shard, id = id, text = text, epoch = epoch, generation = generation,
    legs = tonumber(legs), sale = sale, work = work, tail = tail,
    data = run_key .. ':' .. generation, classes = {}, class_of = {},
    buckets = tonumber(buckets), bucket_keys = {},
    changes = shard .. ':changes', unconfirmed = shard .. ':unconfirmed',
  }
  run.intersection, run.left = run.data .. ':x', run.data .. ':w'
  for class_text in string.gmatch(tail, '[^;]+') do
    local index = #run.classes + 1
    local class = parse_class(run, index, class_text)
    run.classes[index], run.class_of[class.code] = class, class
    local owner = run.classes[class.pool]
    if owner == class then
      class.sharers = {}
      name_units(run, class)
    end
    class.sharers, class.bits, class.counts_key = owner.sharers, owner.bits, owner.counts_key
    class.sharers[#class.sharers + 1] = class
  end
  return run
end

-- Runs that were read: what follows from a head, never what changes without it.
local young, old, kept = {}, {}, 0

local function remember(run)
  if not young[run.key] then
    kept = kept + 1
    if kept > RUNS_KEPT then
      young, old, kept = {}, young, 1
    end
  end
  young[run.key] = run
end

-- Gives a run as its head says, nil when there is none.
local function recall(run_key)
  local text = redis.call('GET', run_key)
  if not text then
    return nil
  end
  local run = young[run_key]
  if run and run.text == text then
    return run
  end
  run = old[run_key]
  if not run or run.text ~= text then
    run = parse_run(run_key, text)
  end
  remember(run)
  return run
end

-- Opens a run at the expected epoch: the run, or nil and the refusal.
local function open(run_key, epoch)
  local run = recall(run_key)
  if not run or run.epoch ~= epoch then
    return nil, refuse_stale(run and run.epoch)
  end
  return run
end

-- Opens a class of a run at the expected epoch: the class, or nil and the refusal.
local function open_class(run_key, epoch, code)
  local run, refusal = open(run_key, epoch)
  if not run then
    return nil, refusal
  end
  local class = run.class_of[code]
  if not class then
    return nil, refuse('CLASS_UNKNOWN', 'the run has no such class')
  end
  return class
end

local function head_of(epoch, generation, legs, buckets, flags, tail)
  local body = epoch .. ';' .. generation .. ';' .. spell(legs) .. ';' .. spell(buckets) .. ';'
    .. flags .. ';' .. tail
  return body .. seal_of(body)
end

-- Writes whether the run is open to buyers and has work left over.
local function write_flags(run, sale, work)
  local text = head_of(run.epoch, run.generation, run.legs, run.buckets, sale .. work, run.tail)
  redis.call('SET', run.key, text)
  run.sale, run.work, run.text = sale, work, text
end

-- Reads a kind from three arguments: the kind, or nil and the refusal.
local function read_kind(class, from_text, to_text, party_text)
  local from, to, party = tonumber(from_text), tonumber(to_text), tonumber(party_text)
  if not (from and to and 0 <= from and from < to and to <= class.run.legs) then
    return nil, refuse('LEGS_INVALID', 'the run has no such stretch')
  end
  if not (party and 1 <= party and party <= (class.counted and CAPACITY_MAX or PARTY_MAX)) then
    return nil, refuse('PARTY_INVALID', 'no party of this size is served as one')
  end
  return {from = from, to = to, party = party}
end

local function same_kind(a, b)
  return a.from == b.from and a.to == b.to and a.party == b.party
end

local SHARD_KEYS = {
  home = 'hash', matches = 'stream', unconfirmed = 'zset', left = 'set', changes = 'stream',
}

-- Deletes what a shard cannot have. What was in it is found missing by those who look for it.
local function mend_shard(shard)
  for name, kind in pairs(SHARD_KEYS) do
    local key = shard .. ':' .. name
    local present = redis.call('TYPE', key).ok
    if present ~= kind and present ~= 'none' then
      redis.call('DEL', key)
    end
  end
  local last = redis.pcall('GET', shard .. ':generation')
  if last and not (type(last) == 'string' and string.match(last, '^%d+$') and #last < 16) then
    redis.call('DEL', shard .. ':generation')
  end
end

-- Whether a failure comes of what somebody else wrote, not of a server that may not write now.
local function is_damage(failure)
  return type(failure) ~= 'table' or string.find(failure.err, '^WRONGTYPE')
    or string.find(failure.err, '^ERR')
end

-- What a run has is not what its head says: somebody else wrote or deleted keys. Epoch 0 makes
-- every caller rebuild it, and the next load knows which keys to delete.
local function give_up(run_key, failure)
  local text = type(failure) == 'table' and failure.err or tostring(failure)
  if not is_damage(failure) then
    return redis.error_reply(text)
  end
  redis.log(redis.LOG_WARNING, 'houbu: ' .. run_key .. ' is to be rebuilt: ' .. text)
  mend_shard((names_of(run_key)))
  young[run_key], old[run_key] = nil, nil
  local head = redis.pcall('GET', run_key)
  local body = type(head) == 'string' and unseal(head)
  if body then
    body = string.gsub(body, '^%d+', '0', 1)
    redis.call('SET', run_key, body .. seal_of(body))
  else
    redis.call('DEL', run_key)
  end
  if redis.call('TYPE', run_key .. ':g').ok ~= 'hash' then
    redis.call('DEL', run_key .. ':g')
  end
  return refuse_stale(nil)
end

local in_cluster  -- known from the first call on

-- In a cluster, makes a function refuse while the slot of its first key is on its way to another
-- server. Then a key that has gone ahead and one that was never there look alike, and the function
-- would fail on it in its middle. Asked by a key that is never there.
local function in_one_place(callback)
  return function(keys, args)
    if in_cluster == nil then
      in_cluster = type(redis.pcall('CLUSTER', 'INFO')) == 'string'
    end
    if in_cluster and type(redis.pcall('EXISTS', keys[1] .. ':never')) == 'table' then
      return refuse('TRYAGAIN', 'the slot is on its way to another server')
    end
    return callback(keys, args)
  end
end

-- Registers a function whose first key is a run's.
local function register(name, callback)
  callback = in_one_place(callback)
  redis.register_function(name, function(keys, args)
    local whole, answer = pcall(callback, keys, args)
    if whole then
      return answer
    end
    return give_up(keys[1], answer)
  end)
end

-- Registers a function whose first key is one of a shard's own, named `suffix`.
local function register_of_shard(name, suffix, callback)
  callback = in_one_place(callback)
  redis.register_function(name, function(keys, args)
    local whole, answer = pcall(callback, keys, args)
    if whole then
      return answer
    end
    if is_damage(answer) then
      mend_shard(string.sub(keys[1], 1, -string.len(suffix) - 1))
    end
    return redis.error_reply(type(answer) == 'table' and answer.err or tostring(answer))
  end)
end
