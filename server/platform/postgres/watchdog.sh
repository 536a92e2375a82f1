# Runs a command and ends it when standard input closes, which happens however the server dies. It lives in a session of
# its own, so that neither Ctrl-C nor a signal to the server's process group reaches it or the command. Being a shell it
# also outlives a "killall -9 node".
#
# Arguments: the signal to ask with, the seconds to wait for it, a folder to remove at the end (or ''), the command.

trap '' HUP INT TERM
ask=$1
patience=$2
remove=$3
shift 3

exec 3<&0
"$@" </dev/null >/dev/null 3<&- &
child=$!
echo "$child"

(
  while read -r _ <&3; do :; done
  # Asked again and again: a signal sent before the command has set its handlers is lost.
  tries=0
  while [ "$tries" -lt $((patience * 5)) ] && kill -s "$ask" "$child"; do
    tries=$((tries + 1))
    sleep 0.2
  done
  kill -s QUIT "$child" && sleep 5
  kill -s KILL "$child"
) >/dev/null 2>&1 &
guard=$!
exec 3<&-

wait "$child"
code=$?
kill -s KILL "$guard"
if [ -n "$remove" ]; then rm -rf -- "$remove"; fi
exit "$code"
