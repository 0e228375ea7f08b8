#!/bin/sh
# run_models.sh [-w FOLDER] MODEL.pml [VARIANT...]: searches all states of each variant that the
# model's table names, and ends with 1 if one is not as the table says, or was not searched to its
# end. A search leaves all it made, and the trail of what it found, in FOLDER/MODEL/VARIANT.
set -eu

seconds_max=120
megabytes_max=1024
depth_max=20000

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$folder/../../build/models
if [ "${1:-}" = -w ]; then
  work=$2
  shift 2
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [-w FOLDER] MODEL.pml [VARIANT...]" >&2
  exit 2
fi
model=${1##*/}
model=${model%.pml}
shift

# Lines of the table: variant NAME EXPECTED WORD...; a word is a macro, or an option of the
# compiler: -O2 takes longer to compile than most searches take without.
table=$(sed -n 's/^ *variant //p' "$folder/$model.pml")

# The same text was often compiled before.
compiler=${CC:-cc}
! command -v ccache >/dev/null || compiler="ccache $compiler"

# search DIR WORD...: makes the search of one variant and runs it; the log is DIR/search.log.
search() (
  rm -rf "$1"
  mkdir -p "$1"
  cp "$folder"/*.pml "$1"
  cd "$1"
  shift
  macros='' options=''
  for word; do
    case $word in
      -*) options="$options $word" ;;
      *)
        if ! grep -qx "#ifndef ${word%%=*}" ./*.pml; then
          echo "no macro '${word%%=*}'" >search.log
          return 0
        fi
        macros="$macros -D$word"
        ;;
    esac
  done
  echo "spin$macros $model.pml" >how
  # shellcheck disable=SC2086  # lists of words
  spin -a $macros "$model.pml" >search.log 2>&1 &&
    $compiler $options -w -DSAFETY "-DMEMLIM=$megabytes_max" -c pan.c >>search.log 2>&1 &&
    $compiler -o pan pan.o >>search.log 2>&1 || return 0
  status=0
  timeout "$seconds_max" ./pan "-m$depth_max" -w21 >search.log 2>&1 || status=$?
  [ "$status" -ne 124 ] || echo "stopped after $seconds_max s" >search.log
)

# Prints what a search found, by its log: passes, stalls, breaks:ASSERTION, or why it is not known.
found_in() {
  if grep -q '^pan:1: invalid end state' "$1"; then
    echo stalls
  elif grep -q '^pan:1: assertion violated' "$1"; then
    sed -n 's/^pan:1: assertion violated *\(.*\) (at depth .*/breaks:\1/p' "$1" | tr -d ' '
  elif ! grep -q '^Full statespace search for:' "$1"; then
    echo "no search: $(head -n 1 "$1")"
  elif grep -q -e 'Search not completed' -e 'max search depth too small' -e 'DMEMLIM' "$1"; then
    echo "no end of the search"
  elif grep -q 'errors: 0$' "$1"; then
    echo passes
  else
    echo "no result"
  fi
}

# is_expected EXPECTED FOUND: of an assertion, the table has a part of its text.
is_expected() {
  case $1 in
    breaks:*)
      case $2 in
        breaks:*"${1#breaks:}"*) return 0 ;;
        *) return 1 ;;
      esac
      ;;
    *) [ "$1" = "$2" ] ;;
  esac
}

# check NAME EXPECTED WORD...
check() {
  name=$1 expected=$2
  shift 2
  dir=$work/$model/$name
  search "$dir" "$@"
  found=$(found_in "$dir/search.log")
  states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$dir/search.log")
  if is_expected "$expected" "$found"; then
    echo "$model $name: $expected, ${states:-no} states"
    return 0
  fi
  echo "$model $name: expected '$expected', found '$found'; see $dir/search.log"
  [ ! -e "$dir/$model.pml.trail" ] ||
    echo "  (cd $dir && $(sed 's/^spin/spin -t -p -g -l/' "$dir/how"))"
  return 1
}

failed=0
count=0
while read -r name words; do
  [ -n "$name" ] || continue
  case " ${*:-$name} " in
    *" $name "*) ;;
    *) continue ;;
  esac
  count=$((count + 1))
  # shellcheck disable=SC2086  # a list of words
  check "$name" $words || failed=$((failed + 1))
done <<TABLE
$table
TABLE

if [ "$count" -eq 0 ]; then
  echo "$model: no such variant" >&2
  exit 1
fi
[ "$failed" -eq 0 ] || echo "$failed of $count variants of '$model' are not as expected" >&2
[ "$failed" -eq 0 ]
