-- Matches on their way to the record, and takers nobody confirmed.

local GROUP = 'slot'

-- Goes on with work some call of the shard left over and nobody came to finish.
local function serve_some(shard)
  local id = redis.call('SRANDMEMBER', shard .. ':left')
  local run = id and recall(shard .. ':r:' .. id)
  if run and run.work == 'w' then
    serve_left(run)
  elseif id then
    redis.call('SREM', shard .. ':left', id)
  end
end

-- KEYS[1]: the shard's stream. ARGV: consumer, count, milliseconds of silence after which another
-- consumer's matches are taken over. Answers {id, {field, value, ...}} for each: what this consumer
-- already has first, then new ones, for which a quarter is kept.
local function read_matches(keys, args)
  local stream, consumer, count, silence = keys[1], args[1], tonumber(args[2]), args[3]
  serve_some(string.sub(stream, 1, -string.len(':matches') - 1))
  local claim = {'XAUTOCLAIM', stream, GROUP, consumer, silence, '0-0', 'COUNT', count, 'JUSTID'}
  if redis.pcall(unpack(claim)).err then
    redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
  end
  local found = {}
  for _, part in ipairs({{'0', count - math.floor(count / 4)}, {'>', count}}) do
    local from, wanted = part[1], part[2] - #found
    local reply = wanted > 0 and redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', wanted,
                                            'STREAMS', stream, from)
    for _, entry in ipairs(reply and reply[1][2] or {}) do
      if entry[2] then
        found[#found + 1] = entry
      else
        redis.call('XACK', stream, GROUP, entry[1])
      end
    end
  end
  return found
end

-- KEYS[1]: the run. ARGV: the match's id, its demand.
local function acknowledge(keys, args)
  local shard, id = names_of(keys[1])
  local stream = shard .. ':matches'
  redis.call('XDEL', stream, args[1])
  redis.pcall('XACK', stream, GROUP, args[1])
  redis.call('ZREM', shard .. ':unconfirmed', id .. ' ' .. args[2])
  return 1
end

-- Reads who holds a token: its letter, nil when it has no places.
local function letter_of(shard, id, token)
  local run = id and recall(shard .. ':r:' .. id)
  local held = run and redis.call('HGET', bucket_of(run, token), token)
  if held and not is_waiting(held) then
    return string.sub(held, 1, 1)
  end
  return nil
end

-- KEYS[1]: the shard's set of unconfirmed takers. ARGV: milliseconds of age, count. Answers run,
-- token, holder, run, token, holder, ...
local function unconfirmed(keys, args)
  local shard = string.sub(keys[1], 1, -string.len(':unconfirmed') - 1)
  local latest = string.format('%.0f', now_in_milliseconds() - tonumber(args[1]))
  local found = {}
  for _, member in ipairs(redis.call('ZRANGE', keys[1], '-inf', latest, 'BYSCORE', 'LIMIT', 0,
                                     args[2])) do
    local id, token = string.match(member, '^(%S+) (.*)$')
    local letter = letter_of(shard, id, token)
    if letter then
      found[#found + 1] = id
      found[#found + 1] = token
      found[#found + 1] = letter
    else
      redis.call('ZREM', keys[1], member)
    end
  end
  return found
end

register_of_shard('houbu_matches', ':matches', read_matches)
register('houbu_acknowledge', acknowledge)
register_of_shard('houbu_unconfirmed', ':unconfirmed', unconfirmed)
