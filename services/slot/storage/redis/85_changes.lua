-- What followers of a shard read: what changed of what is free.

local CHANGES_READ_MAX = 10000

-- KEYS[1]: the shard's stream of changes. ARGV: id after which to read, count. Answers {1 where
-- changes after that id are gone or the stream is another one, else 0; id, text, id, text, ...}.
-- The entry `after` must still be there: then nothing behind it is missing.
local function changes(keys, args)
  local after, count = args[1], math.min(tonumber(args[2]), CHANGES_READ_MAX)
  local answer = {0}
  if redis.call('EXISTS', keys[1]) == 0 then
    answer[1] = after == '0-0' and 0 or 1
    return answer
  end
  local first = 1
  if after == '0-0' then
    local facts = redis.call('XINFO', 'STREAM', keys[1])
    for i = 1, #facts, 2 do
      if facts[i] == 'entries-added' and facts[i + 1] ~= redis.call('XLEN', keys[1]) then
        answer[1] = 1
        return answer
      end
    end
  else
    first = 2
  end
  local entries = redis.call('XRANGE', keys[1], after, '+', 'COUNT', count + first - 1)
  if first == 2 and not (entries[1] and entries[1][1] == after) then
    answer[1] = 1
    return answer
  end
  for i = first, #entries do
    answer[#answer + 1] = entries[i][1]
    answer[#answer + 1] = entries[i][2][2]
  end
  return answer
end

redis.register_function{
  function_name = 'houbu_changes', callback = in_one_place(changes),
  flags = {'no-writes'}}
