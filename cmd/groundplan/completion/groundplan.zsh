#compdef groundplan
# zsh completion of groundplan. It evaluates nothing that is being typed.
_groundplan() {
    local candidate
    local -a described
    while IFS= read -r candidate; do
        case $candidate in
        :files) _files; return ;;
        :folders) _files -/; return ;;
        *$'\t'*) described+=("${${candidate%%$'\t'*}//:/\\:}:${candidate#*$'\t'}") ;;
        *) described+=("${candidate//:/\\:}") ;;
        esac
    done < <("${words[1]}" completion for "${(@)words[2,CURRENT-1]}" "=${words[CURRENT]}" 2>/dev/null)
    _describe groundplan described
}
if [[ ${funcstack[1]} == _groundplan ]]; then
    _groundplan "$@"
else
    compdef _groundplan groundplan
fi
