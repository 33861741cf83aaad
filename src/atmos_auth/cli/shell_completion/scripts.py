"""The scripts that teach each shell to ask for candidates; evaluating one starts nothing yet."""

# bash cuts words at `=` and `:`: we are handed the pieces, and may give only what follows the last cut.
BASH = r"""# atmos completion for bash: eval "$(atmos completion bash)"
_atmos_completion() {
    local line quoted word cut=""
    local -a typed=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
    COMPREPLY=()
    while IFS= read -r line; do
        printf -v quoted '%q' "${line%%$'\t'*}"
        # A comma means nothing there, and quoted it would be sent back to us with its backslash.
        COMPREPLY+=("${quoted//\\,/,}")
    done < <(command atmos completion bash -- "${typed[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == --*= ]]; then
        compopt -o nospace 2>/dev/null
    fi
    word="${COMP_WORDS[COMP_CWORD]}"
    if [[ $COMP_WORDBREAKS == *:* && $COMP_CWORD -ge 2 ]]; then
        # What stands before the last colon has been typed already.
        local joined="$word" at=$COMP_CWORD
        [[ $word == ":" ]] && joined=""
        while (( at >= 2 )) && [[ ${COMP_WORDS[at-1]} == ":" || ${COMP_WORDS[at]} == ":" ]]; do
            at=$((at - 1))
            [[ $at -lt $COMP_CWORD ]] && cut="${COMP_WORDS[at]}$cut"
        done
        [[ $word == ":" ]] && cut="$cut:"
        if [[ -n $cut ]]; then
            local n
            for n in "${!COMPREPLY[@]}"; do COMPREPLY[n]="${COMPREPLY[n]#"$cut"}"; done
        fi
    fi
}
complete -o default -F _atmos_completion atmos atmos-auth
"""

ZSH = r"""#compdef atmos atmos-auth
# atmos completion for zsh: eval "$(atmos completion zsh)", after compinit
_atmos_completion() {
    local line tab=$'\t'
    local -a words_only shown
    while IFS= read -r line; do
        words_only+=("${line%%$tab*}")
        if [[ $line == *$tab* ]]; then shown+=("${line%%$tab*}  -- ${line#*$tab}"); else shown+=("$line"); fi
    done < <(command atmos completion zsh -- "${(@)words[1,CURRENT]}" 2>/dev/null)
    if (( ${#words_only} )); then
        compadd -l -d shown -a words_only
    else
        _default
    fi
}
if (( $+functions[compdef] )); then compdef _atmos_completion atmos atmos-auth; fi
"""

FISH = r"""# atmos completion for fish: atmos completion fish | source
function __atmos_completion
    set -l typed (commandline -opc) (commandline -ct)
    command atmos completion fish -- $typed 2>/dev/null
end
for program in atmos atmos-auth
    complete -c $program -f -a '(__atmos_completion)'
    complete -c $program -n 'contains -- -- (commandline -opc)' -F
end
"""

POWERSHELL = r"""# atmos completion for PowerShell: atmos completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName atmos, atmos-auth -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $typed += '' }
    & atmos completion powershell '--' @typed 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if (-not $about) { $about = $word }
        $text = if ($word -match "[\s'`"``$;,(){}]") { "'" + $word.Replace("'", "''") + "'" } else { $word }
        [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $about)
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
