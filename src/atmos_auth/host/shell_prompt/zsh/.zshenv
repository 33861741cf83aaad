# Read first by a zsh that `atmos auth shell` starts. The person's own files follow as if this one were not there.
if [[ -n ${ATMOS_ZDOTDIR+set} ]]; then
  export ZDOTDIR=$ATMOS_ZDOTDIR
  unset ATMOS_ZDOTDIR
else
  unset ZDOTDIR
fi

_atmos_prompt() {
  emulate -L zsh
  if (( ${+functions[p10k]} || ${+functions[starship_precmd]} || ${+functions[_omp_precmd]} ||
        ${+functions[spaceship_prompt]} || ${+functions[prompt_spaceship_setup]} )); then
    # These show AWS_PROFILE by themselves, and build PROMPT anew for every prompt.
    precmd_functions=(${precmd_functions:#_atmos_prompt})
    return
  fi
  # An element of psvar is shown as it is: neither % nor $ means anything in it.
  psvar[20]=${ATMOS_IDENTITY-}
  [[ $PROMPT == ('%(20V.'*|*atmos_prompt*) ]] || PROMPT='%(20V.(%20v%) .)'$PROMPT
  # Behind those that may set PROMPT.
  [[ ${precmd_functions[-1]} == _atmos_prompt ]] || precmd_functions=(${precmd_functions:#_atmos_prompt} _atmos_prompt)
}
precmd_functions+=(_atmos_prompt)

[[ ! -r ${ZDOTDIR:-$HOME}/.zshenv ]] || source "${ZDOTDIR:-$HOME}/.zshenv"
