# bash completion of groundplan. It runs in bash 3.2, which macOS has, and evaluates nothing that is being typed.
_groundplan() {
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        case $candidate in
        :files)
            compopt -o filenames 2>/dev/null
            while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}")
            ;;
        :folders)
            compopt -o filenames 2>/dev/null
            while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]#=}")
            ;;
        *) COMPREPLY+=("$(printf '%q' "$candidate")") ;;
        esac
    done < <("${COMP_WORDS[0]}" completion for "${COMP_WORDS[@]:1:COMP_CWORD-1}" "=${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
}
complete -F _groundplan groundplan
