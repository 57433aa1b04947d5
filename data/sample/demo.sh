#!/bin/sh
# Index the sample coverage in .demo, ask four questions, and say what to do next. Run by `make demo`.
set -eu
here=$(dirname "$0")
export ONRECORD_HOME="${ONRECORD_HOME:-.demo}"

echo "Adding the sample coverage (fiction, written for this project) to $ONRECORD_HOME"
onrecord add "$here/articles"
echo
onrecord ask --each "$here/demo.txt"
cat <<END

Now try it yourself:
  in the terminal    ONRECORD_HOME=$ONRECORD_HOME .venv/bin/onrecord chat
  in Telegram        ONRECORD_HOME=$ONRECORD_HOME TELEGRAM_BOT_TOKEN=... .venv/bin/onrecord bot
  your own articles  .venv/bin/onrecord add PATH...
END
