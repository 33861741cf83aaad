# Evaluated before a prompt of `atmos auth shell`: at the first one this defines what stands in for it from then on.
__atmos_status=$?
__atmos_prompt='__atmos_ps1 $?'
export -n __atmos_prompt
if declare -F starship_precmd >/dev/null || declare -F _omp_hook >/dev/null; then
  # These show AWS_PROFILE by themselves, and build PS1 anew for every prompt.
  __atmos_ps1() { return "$1"; }
else
  __atmos_ps1() {
    # Bash expands this each time it shows the prompt, and does not look at what comes out of it again.
    local segment='${ATMOS_IDENTITY:+($ATMOS_IDENTITY) }'
    case ${PS1-} in
      "$segment"* | *atmos_prompt*) ;; # the latter is the person's own, with `atmos auth shell-init`
      *) PS1=$segment${PS1-} ;;
    esac
    return "$1"
  }
fi
__atmos_ps1 "$__atmos_status"
