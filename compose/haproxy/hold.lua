-- Requests to a service that is being replaced wait here, and go on in the order in which they came.
--
-- Three commands of the runtime API: `hold <backend> <seconds>`, `release <backend>`, and `waiting <backend>`, which answers
-- with how many requests wait. A hold ends by itself when its
-- seconds are over; HAProxy started anew or reloaded holds nothing.

-- By backend: when the hold ends, ms; how many requests came to wait in it; how many of those, the first ones, may go; and
-- when that is looked at next, ms.
local holds = {}

-- Afterwards a service that has just started gets as many at once as it answers, but at least some each second: what it
-- works on may take long.
local at_once = 10
local at_least = 10

-- How often the first of those that wait look whether they may go, and how often they are let go; ms.
local pace = 20
local step = pace + 5

local function now()
  local time = core.now()
  return time.sec * 1000 + time.usec // 1000
end

-- How many requests have not gone yet. One whose part has begun goes whole.
local function waiting(hold)
  return math.max(0, hold.waiting - math.ceil(hold.may_go))
end

core.register_cli({ "hold" }, "hold <backend> <seconds>               : let its new requests wait", function(_, _, backend, seconds)
  local hold = holds[backend]
  if not hold or waiting(hold) == 0 then hold = { waiting = 0, may_go = 0, next = 0 } end
  hold.ends = now() + tonumber(seconds) * 1000
  holds[backend] = hold
end)

core.register_cli({ "release" }, "release <backend>                      : let its requests go on", function(_, _, backend)
  local hold = holds[backend]
  if hold then hold.ends = math.min(hold.ends, now()) end
end)

core.register_cli({ "waiting" }, "waiting <backend>                      : how many requests wait", function(applet, _, backend)
  local hold = holds[backend]
  applet:send(string.format("%d", hold and waiting(hold) or 0))
end)

-- Whoever may go has gone by the next time: then the table counts them.
local function let_go(hold, in_flight)
  if now() < hold.ends or now() < hold.next then return end
  hold.next = now() + step
  hold.may_go = hold.may_go + math.max(at_once - in_flight, at_least * step / 1000)
end

core.register_action("wait_while_held", { "http-req" }, function(txn)
  local backend = txn.f:be_name()
  local hold = holds[backend]
  if not hold then return end
  if now() >= hold.ends and waiting(hold) == 0 then
    holds[backend] = nil
    return
  end
  local place = hold.waiting
  hold.waiting = place + 1
  while place >= hold.may_go do
    -- No sooner than it could be its turn: hundreds that look all the time would slow the very start that they wait for.
    local ahead = place - hold.may_go
    core.msleep(math.max(pace, math.floor(ahead / at_once * step)))
    let_go(hold, tonumber(txn.c:table_conn_cur(backend, "in-flight")) or 0)
  end
end)
