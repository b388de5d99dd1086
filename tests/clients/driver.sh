#!/usr/bin/env bash
# What curl gets in each case: lines of `CASE URL` in, a line of JSON out for each, with the service's own words in it.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
model='"model":"claude-sonnet-5-5"' hello='"messages":[{"role":"user","content":"Hello"}]'
ask="$model,\"max_tokens\":100,$hello"
tool='"tools":[{"name":"find","input_schema":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}]'
tools="$tool,\"tool_choice\":{\"type\":\"any\"}"
thinking='"max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":1024}'
key='x-api-key: none'

call() { # PATH [what else curl takes]: {"code", "status", "retry_after", "body"}; what is sent is read from $folder/body
    local path=$1 status code after
    shift
    [[ -n $beta ]] && path+=$([[ $path == *\?* ]] && echo '&beta=true' || echo '?beta=true')
    status=$(curl -sS -o "$folder/got" -D "$folder/head" -w '%{http_code}' -H "$key" -H 'content-type: application/json' \
        -H 'anthropic-version: 2023-06-01' "$@" "$url$path" 2>"$folder/err")
    code=$?
    after=$(tr -d '\r' <"$folder/head" | sed -n 's/^retry-after: //p' | tail -1)
    printf '{"code":%d,"status":%d,"retry_after":"%s","body":' "$code" "$status" "$after"
    if grep -q '^event: ' "$folder/got"; then # a stream: its events
        printf '[%s]' "$(sed -n 's/^data: //p' "$folder/got" | paste -sd, -)"
    elif grep -q '"custom_id"' "$folder/got"; then # lines of JSON
        printf '[%s]' "$(paste -sd, "$folder/got")"
    else
        cat "$folder/got"
    fi
    printf '}'
}
send() { # PATH JSON [what else curl takes]
    local path=$1
    printf '%s' "$2" >"$folder/body"
    shift 2
    call "$path" --data-binary "@$folder/body" "$@"
}
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; } # the last of that name

models() {
    local page after=''
    while
        page=$(call "/v1/models?limit=4$after")
        printf '%s%s' "${after:+,}" "$page"
        [[ $page == *'"has_more":true'* ]]
    do after="&after_id=$(value last_id <<<"$page")"; done
}
batch() {
    local made id
    made=$(send /v1/messages/batches \
        "{\"requests\":[{\"custom_id\":\"call-0\",\"params\":{$ask}},{\"custom_id\":\"call-1\",\"params\":{$ask}}]}")
    id=$(value id <<<"$made")
    printf '%s,' "$made"
    until [[ $made == *'"processing_status":"ended"'* ]]; do made=$(call "/v1/messages/batches/$id"); done
    printf '%s,' "$made"
    call "/v1/messages/batches/$id/results"
}
play() {
    case $1 in
    message | rate_limited) send /v1/messages "{$ask}" ;;
    streamed | broken) send /v1/messages "{$ask,\"stream\":true}" -N ;;
    tool) send /v1/messages "{$ask,$tools,\"stream\":true}" ;;
    thinking) send /v1/messages "{$model,$hello,$thinking,\"stream\":true}" ;;
    count) send /v1/messages/count_tokens "{$model,\"messages\":[{\"role\":\"user\",\"content\":\"$(printf 'x%.0s' {1..4000})\"}]}" ;;
    models) models ;;
    model) call /v1/models/claude-haiku-4-5 ;;
    batch) batch ;;
    bad_request) send /v1/messages "{$ask,\"messages\":[{\"role\":\"nobody\",\"content\":\"x\"}]}" ;;
    no_key) key='x-api-key;' && send /v1/messages "{$ask}" ;;
    no_model) call /v1/models/nothing ;;
    too_large)
        { printf '{%s,"system":"' "$ask" && head -c $((33 << 20)) /dev/zero | tr '\0' x && printf '"}'; } >"$folder/body"
        call /v1/messages --data-binary "@$folder/body"
        ;;
    rate_limit_retried | overload_retried) send /v1/messages "{$ask}" --retry 2 --retry-all-errors --fail-with-body ;;
    *) return 1 ;;
    esac
}

while read -r name url; do
    beta=''
    [[ $name == beta_* ]] && beta=yes
    printf '{"calls":[%s]}\n' "$(play "${name#beta_}")"
done
