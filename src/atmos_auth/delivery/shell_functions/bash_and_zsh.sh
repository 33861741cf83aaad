# atmos-id NAME: be that identity in this shell. atmos-id: renew it. atmos-id --unset: be nobody again.
function atmos-id {
  local __atmos_lines
  if [ "$#" -gt 1 ]; then set -- --help; fi
  case "${1-}" in
    '') set -- ;;
    --unset) set -- --unset ;;
    -*) echo 'usage: atmos-id [NAME | --unset]' >&2; return 2 ;;
    *) set -- "--identity=$1" ;;
  esac
  # Nothing is evaluated unless all of it was printed.
  __atmos_lines="$(command atmos auth env --format=bash --output-file=- --login "$@")" || return
  eval "$__atmos_lines"
}

# Sets atmos_prompt to "(NAME 42m) ", or to nothing; reads variables only, and starts no process.
# bash: PROMPT_COMMAND="atmos-prompt${PROMPT_COMMAND:+;$PROMPT_COMMAND}"; PS1='${atmos_prompt-}'"$PS1"
# zsh: precmd_functions+=(atmos-prompt); setopt prompt_subst; PROMPT='${atmos_prompt-}'$PROMPT
function atmos-prompt {
  local __atmos_status=$?
  if [ -n "${ZSH_VERSION-}" ]; then emulate -L zsh; fi
  local end="${AWS_CREDENTIAL_EXPIRATION-}" name="${ATMOS_IDENTITY-}" left='' now='' year month day
  end="${end/%+00:00/Z}"
  atmos_prompt=''
  if [ -n "${ZSH_VERSION-}" ]; then
    name="${name//\%/%%}"
    if zmodload zsh/datetime 2>/dev/null; then now=$EPOCHSECONDS; fi
  elif [ "$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))" -ge 402 ]; then
    printf -v now '%(%s)T' -1
  fi
  if [[ -n "$now" && "$end" == [0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z ]]; then
    year=$((10#${end:0:4})) month=$((10#${end:5:2})) day=$((10#${end:8:2}))
    # A year begins in March here, so that its odd day is the last one.
    if [ "$month" -lt 3 ]; then year=$((year - 1)) month=$((month + 12)); fi
    day=$((365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 719469))
    left=$((((day * 24 + 10#${end:11:2}) * 60 + 10#${end:14:2}) * 60 + 10#${end:17:2} - now))
    if [ "$left" -le 0 ]; then
      left=' expired'
    elif [ "$left" -lt 3600 ]; then
      left=" $((left / 60))m"
    else
      left=" $((left / 3600))h$((left % 3600 / 60))m"
    fi
  fi
  if [ -n "$name" ]; then atmos_prompt="(${name}${left}) "; fi
  return "$__atmos_status"
}
