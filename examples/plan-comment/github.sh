#!/usr/bin/env bash
# Comments on a pull request of GitHub what it would change. Needs gh, GH_TOKEN (pull-requests: write) and PULL_REQUEST, its number.
set -euo pipefail
files=()
for folder in $FOLDERS; do files+=(--file "$folder"); done

code=0
roster-operator plan "$DISTRICT" "${files[@]}" --output markdown > plan.md || code=$?
test -s plan.md || exit "$code"
gh pr comment "$PULL_REQUEST" --body-file plan.md --edit-last --create-if-none
exit "$code"
