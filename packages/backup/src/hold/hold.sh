# Makes all processes of containers stand still: from the first line of its input to the end of the input, at most for
# the deadline. Runs among the host's processes, as root.
# Arguments: the deadline in ms, the containers' ids.
# Says: `ready ID…` of processes that stood still before and run again; `held ID…` of all that stand still; `released MS`,
# `expired MS` or, when it was told to end, `ended MS`: the time from the first stop to the last continue.
set -euo pipefail
exec 2>&1
deadline=$1
shift
ids=("${@/#/-e}")

# Milliseconds by the clock that nobody sets, in steps of ten: one set forward would end the hold, one set back prolong it.
now() {
  local up
  read -r up _ < /proc/uptime
  ms=$((10#${up/./} * 10))
}

# The container of each PID. A control group also has what docker exec began and what was forked a moment ago.
find_processes() {
  local path id
  processes=()
  while IFS=: read -r path id; do
    path=${path#/proc/}
    processes[${path%/cgroup}]=$id
  done < <([ ${#ids[@]} = 0 ] || grep -osFm1 "${ids[@]}" /proc/[0-9]*/cgroup)
}

# Parents first: one that vforks stands still only after its child has gone on to its own program, and one that watches
# its children must not see them stop. @returns whether anything ran.
stop_running() {
  local pid parent tasks=() runs=()
  find_processes
  for pid in "${!processes[@]}"; do tasks+=(/proc/$pid/task/*/status); done
  # Zombies do nothing any more; t is stopped too, by a debugger.
  while IFS=/ read -r _ _ pid _; do runs[pid]=yes; done < <([ ${#tasks[@]} = 0 ] || grep -sLP '^State:\t[TtZX]' "${tasks[@]}")
  if [ ${#runs[@]} = 0 ]; then return 1; fi
  while IFS=$':/\t' read -r _ _ pid _ _ parent; do
    if [ -n "${runs[parent]-}" ]; then continue; fi
    stopped="$pid $stopped"
    kill -STOP "$pid" 2> /dev/null || true
  done < <(grep -sHP '^PPid:\t' $(printf '/proc/%s/status ' "${!runs[@]}"))
}

# Children first, for the same reason.
go_on() {
  kill -CONT $stopped 2> /dev/null || true
  now
  echo "$outcome $((ms - began))"
}

# What a hold that was killed has left standing still; children mostly have the higher numbers.
find_processes
stopped=
left=()
for pid in "${!processes[@]}"; do
  if grep -qsP '^State:\tT' /proc/$pid/task/*/status; then
    stopped="$pid $stopped"
    left+=("${processes[pid]}")
  fi
done
kill -CONT $stopped 2> /dev/null || true
echo ready "${left[@]}"

read -r || exit 0
now
began=$ms
stopped=
outcome=ended
trap go_on EXIT
calm=0
pause=0.001
while now && ((ms - began < deadline)); do
  if stop_running; then calm=0; else calm=$((calm + 1)); fi
  # Once is not enough: a fork that was under way when its process was told to stop may have been missed.
  if [ $calm = 2 ] && [ $pause = 0.001 ]; then
    echo held "${processes[@]}"
    pause=0.2
  fi
  # Only the end is waited for: a line that comes just when the time is up would be lost. Above 128: the time is up.
  code=0
  read -r -t $pause || code=$?
  if [ $code -le 128 ]; then
    outcome=released
    exit 0
  fi
done
outcome=expired
