# Puts new content in the place of a volume's own, by renames within it; killed at any point, it is finished or undone later.
#   swap.sh <volume> prepare <incoming> | swap | undo | recover | discard | keep | take-kept | return-kept | state
#
# .understudy-kept is the content that a swap replaced, kept for one more generation.
#
# .understudy-journal says what the entries at the root are, and where they go:
#   out   the old ones; some are in .understudy-outgoing already
#   in    the new ones; the others are still in .understudy-incoming
#   done  the new ones; the old ones are in .understudy-outgoing
#   back  as `in`, but the new ones go back to .understudy-incoming
#   home  as `out`, but the old ones come back from .understudy-outgoing
set -euo pipefail
cd "$1"
shift

main() {
  local command="$1"
  shift
  "$command" "$@"
}

# The new content is whole once it bears its name.
prepare() {
  case "$(state)" in
    idle | prepared) ;;
    *) fail "this volume is in the middle of a swap ($(state))" ;;
  esac
  clear_away
  local needed free
  needed=$(du -sk "$1" | cut -f1)
  free=$(( $(df -k --output=avail . | tail -n 1) ))
  if [ "$needed" -gt "$free" ]; then fail "the new content takes $needed KiB, and $free KiB are free"; fi
  mkdir .understudy-preparing
  if ! cp -a --reflink=auto "$1/." .understudy-preparing/; then
    rm -rf .understudy-preparing
    exit 1
  fi
  rm -rf .understudy-preparing/lost+found
  sync -f .
  mv -T .understudy-preparing .understudy-incoming
  sync -f .
}

swap() {
  case "$(state)" in
    prepared) mkdir -p .understudy-outgoing; journal out; move_out ;;
    out) move_out ;;
    in) move_in ;;
    done) ;;
    *) fail "there is nothing to be swapped in ($(state))" ;;
  esac
}

undo() {
  case "$(state)" in
    out | home) journal home; move_home ;;
    in | done | back) mkdir -p .understudy-incoming; journal back; move_back ;;
  esac
}

# Finish what was begun, in its own direction.
recover() {
  case "$(state)" in
    out | in) swap ;;
    back | home) undo ;;
  esac
}

# The old content goes, if a swap is done; the new one, if it never was begun.
discard() {
  case "$(state)" in
    idle | prepared) ;;
    done) rm -rf .understudy-incoming; forget ;;
    *) fail "this volume is in the middle of a swap ($(state))" ;;
  esac
  clear_away
}

# The old content stays, in the place of what was kept before.
keep() {
  case "$(state)" in
    idle | prepared) return ;;
    done) ;;
    *) fail "this volume is in the middle of a swap ($(state))" ;;
  esac
  rm -rf .understudy-incoming
  if [ -e .understudy-outgoing ]; then
    rm -rf .understudy-kept
    mv -T .understudy-outgoing .understudy-kept
  fi
  forget
}

# What was kept lies ready to be swapped in.
take-kept() {
  case "$(state)" in
    idle) ;;
    prepared) return ;;
    *) fail "this volume is in the middle of a swap ($(state))" ;;
  esac
  if [ ! -e .understudy-kept ]; then fail "nothing was kept"; fi
  clear_away
  mv -T .understudy-kept .understudy-incoming
  sync -f .
}

# What was taken and not swapped in is kept again.
return-kept() {
  case "$(state)" in
    idle) return ;;
    prepared) ;;
    *) fail "this volume is in the middle of a swap ($(state))" ;;
  esac
  if [ ! -e .understudy-kept ]; then mv -T .understudy-incoming .understudy-kept; fi
  clear_away
}

# Only where there is no journal: then everything of ours is left over. Something half removed must not bear the name of something whole.
clear_away() {
  rm -rf .understudy-discarded
  if [ -e .understudy-incoming ]; then mv -T .understudy-incoming .understudy-discarded; fi
  rm -rf .understudy-discarded .understudy-outgoing .understudy-preparing .understudy-journal.new
}

state() {
  if [ -e .understudy-journal ]; then cat .understudy-journal
  elif [ -e .understudy-incoming ]; then echo prepared
  else echo idle
  fi
}

move_out() { entries . | move .understudy-outgoing; journal in; move_in; }
move_in() { entries .understudy-incoming | move .; journal done; }
move_back() { entries . | move .understudy-incoming; journal home; move_home; }
move_home() { entries .understudy-outgoing | move .; forget; rm -rf .understudy-outgoing; }

entries() {
  find "$1" -mindepth 1 -maxdepth 1 ! -name '.understudy-*' ! -name lost+found -print0
}

move() {
  xargs -0 -r mv -t "$1" --
}

journal() {
  sync -f .
  echo "$1" > .understudy-journal.new
  sync .understudy-journal.new
  mv -T .understudy-journal.new .understudy-journal
  sync -f .
}

forget() {
  sync -f .
  rm -f .understudy-journal
  sync -f .
}

fail() {
  echo "$1" >&2
  exit 1
}

main "$@"
