#!/usr/bin/env bash
# Writes a note on a merge request of GitLab what it would change. Needs curl and TOKEN (scope api); CI_* are GitLab's own.
set -euo pipefail
files=()
for folder in $FOLDERS; do files+=(--file "$folder"); done

code=0
roster-operator plan "$DISTRICT" "${files[@]}" --output markdown > plan.md || code=$?
test -s plan.md || exit "$code"
curl --fail --silent --show-error --header "PRIVATE-TOKEN: $TOKEN" --data-urlencode "body@plan.md" \
  "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" > /dev/null
exit "$code"
