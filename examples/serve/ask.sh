#!/usr/bin/env bash
# A whole answer and a streamed one, by curl. Tries again as long as the service asks for it.
set -euo pipefail

ask() { # JSON [what else curl takes]
    local body=$1
    shift
    curl --silent --show-error --fail-with-body --retry 4 "$@" "$ANTHROPIC_BASE_URL/v1/messages" \
        --header "x-api-key: $ANTHROPIC_API_KEY" --header 'anthropic-version: 2023-06-01' \
        --header 'content-type: application/json' --data "$body"
}

hello='"model": "claude-sonnet-5-5", "max_tokens": 4000, "messages": [{"role": "user", "content": "Hello"}]'
whole=$(ask "{$hello}")
echo "whole: $(grep --only-matching '"stop_reason":"[^"]*"' <<<"$whole")"
streamed=$(ask "{$hello, \"stream\": true}" --no-buffer)
echo "streamed: $(grep --count '^event: content_block_delta' <<<"$streamed")"
