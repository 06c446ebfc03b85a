# fish completion of groundplan. It evaluates nothing that is being typed.
function __groundplan_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for candidate in ($words[1] completion for $words[2..-1] "=$current" 2>/dev/null)
        switch $candidate
            case ':files'
                __fish_complete_path $current
            case ':folders'
                __fish_complete_directories $current
            case '*'
                echo $candidate
        end
    end
end
complete -c groundplan -f -a '(__groundplan_complete)'
