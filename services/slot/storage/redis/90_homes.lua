-- The home of a shard (S:home, a hash: deployment, home, mark): which deployment's index this is,
-- and a mark by which a state of the past is known as such.

-- Who answers, in which of its lives, and whose writes it continues.
local function identity()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
  return run .. '/' .. history
end

-- KEYS[1]: the shard's home. ARGV: deployment, home, mark. Where all of it is as the caller knows
-- it, the mark becomes the next one. Answers {identity, maxmemory-policy, deployment, home, mark}
-- as they were before.
local function show_home(keys, args)
  local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:([%w-]+)')
  local read = redis.call('HMGET', keys[1], 'deployment', 'home', 'mark')
  local known, mark = tonumber(args[3]), tonumber(read[3] or '0')
  if read[1] == args[1] and read[2] == args[2] and mark == known then
    redis.call('HSET', keys[1], 'mark', string.format('%.0f', known + 1))
  end
  return {identity(), policy, read[1] or '', read[2] or '0', read[3] or '0'}
end

-- KEYS[1]: the shard's home. ARGV: deployment, home, mark, identity. Answers 1 when it is this home
-- now, 0 when it is another's or a later one.
local function settle_home(keys, args)
  local read = redis.call('HMGET', keys[1], 'deployment', 'home')
  if (read[1] and read[1] ~= args[1]) or tonumber(read[2] or '0') > tonumber(args[2])
      or identity() ~= args[4] then
    return 0
  end
  redis.call('HSET', keys[1], 'deployment', args[1], 'home', args[2], 'mark', args[3])
  return 1
end

redis.register_function('houbu_show_home', in_one_place(show_home))
redis.register_function('houbu_settle_home', in_one_place(settle_home))
