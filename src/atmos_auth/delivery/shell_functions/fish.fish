# atmos-id NAME: be that identity in this shell. atmos-id: renew it. atmos-id --unset: be nobody again.
function atmos-id --description 'Be another AWS identity in this shell'
    set -l __atmos_words
    if test (count $argv) -gt 1; or string match -qr '^-' -- "$argv"; and test "$argv" != --unset
        echo 'usage: atmos-id [NAME | --unset]' >&2
        return 2
    else if test "$argv" = --unset
        set __atmos_words --unset
    else if test -n "$argv"
        set __atmos_words --identity=$argv
    end
    # Nothing is evaluated unless all of it was printed.
    set -l __atmos_lines (command atmos auth env --format=fish --output-file=- --login $__atmos_words)
    or return
    printf '%s\n' $__atmos_lines | source
end

# Prints "(NAME) ", or nothing; call it in fish_prompt. It reads variables only, and starts no process.
function atmos-prompt --description 'The AWS identity of this shell, for fish_prompt'
    set -l __atmos_status $status
    test -n "$ATMOS_IDENTITY"; and printf '(%s) ' $ATMOS_IDENTITY
    return $__atmos_status
end
