# Run by a fish that `atmos auth shell` starts, after the person's own files.
# Starship, Tide and Oh My Posh show AWS_PROFILE by themselves; atmos-prompt is what `atmos auth shell-init` prints.
if functions -q fish_prompt; and not functions fish_prompt | string match -qr 'starship|_tide_|_omp_|oh-my-posh|atmos-prompt'
    functions -c fish_prompt __atmos_own_prompt
    function fish_prompt --description 'The identity of atmos auth shell, then the prompt that was there'
        # First, for it may look at the status of the last command.
        set -l own (__atmos_own_prompt | string collect)
        if test -n "$ATMOS_IDENTITY"
            printf '(%s) ' $ATMOS_IDENTITY
        end
        string join \n -- $own
    end
end
