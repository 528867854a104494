-- The home of a shard (S:home, a hash: deployment, home, mark): which deployment's index this is,
-- and a mark by which a state of the past is known as such.

-- Who answers, in which of its lives, and whose writes it continues.
local function identity()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
  return run .. '/' .. history
end

-- What stands for no home and no mark, where there is none or nothing that could be one.
local function number_or_none(text)
  return text and string.match(text, '^%d+$') and #text < 16 and text or '0'
end

-- KEYS[1]: the shard's home. ARGV: deployment, home, mark. Where all of it is as the caller knows
-- it, the mark becomes the next one. Answers {identity, maxmemory-policy, deployment, home, mark}
-- as they were before.
local function show_home(keys, args)
  local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:([%w-]+)')
  local read = redis.call('HMGET', keys[1], 'deployment', 'home', 'mark')
  local home, mark, known = number_or_none(read[2]), number_or_none(read[3]), tonumber(args[3])
  if read[1] == args[1] and home == args[2] and tonumber(mark) == known then
    redis.call('HSET', keys[1], 'mark', string.format('%.0f', known + 1))
  end
  return {identity(), policy, read[1] or '', home, mark}
end

-- KEYS[1]: the shard's home. ARGV: deployment, home, mark, identity. Answers 1 when it is this home
-- now, 0 when it is another's or a later one.
local function settle_home(keys, args)
  local read = redis.call('HMGET', keys[1], 'deployment', 'home')
  if (read[1] and read[1] ~= args[1]) or tonumber(number_or_none(read[2])) > tonumber(args[2])
      or identity() ~= args[4] then
    return 0
  end
  redis.call('HSET', keys[1], 'deployment', args[1], 'home', args[2], 'mark', args[3])
  return 1
end

register_of_shard('houbu_show_home', ':home', show_home)
register_of_shard('houbu_settle_home', ':home', settle_home)
