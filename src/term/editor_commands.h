/* What the editor's keys can do, by the names under which ~/.editrc can bind it. */
#ifndef TERM_EDITOR_COMMANDS_H
#define TERM_EDITOR_COMMANDS_H

/* X(function, name, help), sorted: editor_do_FUNCTION does it, libedit knows it as tether-NAME. */
#define EDITOR_COMMANDS(X)                                                                         \
    X(abort, L"abort", L"Nothing; a macro that is recorded or runs is given up")                   \
    X(accept, L"accept", L"The line is finished")                                                  \
    X(accept_and_next, L"accept-and-next", L"The same, and what came behind it comes next")        \
    X(backspace, L"backspace", L"Delete the character before the cursor")                          \
    X(blank_word_left, L"blank-word-left", L"To the begin of what stands between blanks")          \
    X(blank_word_right, L"blank-word-right", L"To the next of what stands between blanks")         \
    X(bracket, L"bracket", L"To the bracket that belongs to this one")                             \
    X(buffer_end, L"buffer-end", L"To the end of all rows")                                        \
    X(buffer_start, L"buffer-start", L"To the begin of all rows")                                  \
    X(capitalize, L"capitalize", L"Capitalize the word")                                           \
    X(change_case, L"change-case", L"The character's other case; on to the next")                  \
    X(char_left, L"char-left", L"One character to the left")                                       \
    X(char_right, L"char-right", L"One character to the right; take the suggestion")               \
    X(comment, L"comment", L"Make the line a comment, finished")                                   \
    X(complete, L"complete", L"Complete")                                                          \
    X(complete_next, L"complete-next", L"Complete, one candidate after the other")                 \
    X(copy, L"copy", L"Copy what is selected")                                                     \
    X(cut, L"cut", L"Cut what is selected")                                                        \
    X(delete_blanks, L"delete-blanks", L"Delete the blanks about the cursor")                      \
    X(delete_char, L"delete-char", L"Delete the character under the cursor")                       \
    X(delete_or_eof, L"delete-or-eof", L"The same; on an empty line the end")                      \
    X(down, L"down", L"The next row, or the next line of the history")                             \
    X(downcase, L"downcase", L"The word in small letters")                                         \
    X(exchange_mark, L"exchange-mark", L"Go to the mark, and leave it here")                       \
    X(external, L"external", L"Edit the line in an editor program")                                \
    X(find, L"find", L"Search the history in a list")                                              \
    X(find_char, L"find-char", L"To the next of the character typed next")                         \
    X(find_char_back, L"find-char-back", L"To the last of the character typed next")               \
    X(history_first, L"history-first", L"The oldest line of the history")                          \
    X(history_last, L"history-last", L"Back from the history to the line being written")           \
    X(ignored, L"ignored", L"Nothing")                                                             \
    X(insert, L"insert", L"Insert the character")                                                  \
    X(insert_newline, L"insert-newline", L"Begin a new row")                                       \
    X(kill_blank_word, L"kill-blank-word", L"Kill back to the last blank")                         \
    X(kill_buffer_end, L"kill-buffer-end", L"Kill to the end of all rows")                         \
    X(kill_buffer_start, L"kill-buffer-start", L"Kill to the begin of all rows")                   \
    X(kill_row_end, L"kill-row-end", L"Kill to the end of the row")                                \
    X(kill_row_start, L"kill-row-start", L"Kill to the begin of the row")                          \
    X(kill_shell_word, L"kill-shell-word", L"Kill the word of the shell behind the cursor")        \
    X(kill_word_left, L"kill-word-left", L"Kill the word before the cursor")                       \
    X(kill_word_right, L"kill-word-right", L"Kill the word behind the cursor")                     \
    X(last_argument, L"last-argument", L"Insert the last word of an earlier line")                 \
    X(macro_begin, L"macro-begin", L"Record the keys")                                             \
    X(macro_end, L"macro-end", L"Record no more")                                                  \
    X(macro_run, L"macro-run", L"Do what was recorded")                                            \
    X(nothing, L"nothing", L"Nothing, and nobody else is asked")                                   \
    X(nth_argument, L"nth-argument", L"Insert the first argument of the last line, or the nth")    \
    X(overwrite, L"overwrite", L"Typing replaces what it stands on, or no longer")                 \
    X(prefix_newer, L"prefix-newer", L"The next line with the same begin")                         \
    X(prefix_older, L"prefix-older", L"The last line with the same begin")                         \
    X(quote, L"quote", L"Insert the next key as it is")                                            \
    X(redo, L"redo", L"Do again what was undone")                                                  \
    X(revert, L"revert", L"Empty the line")                                                        \
    X(row_end, L"row-end", L"To the end of the row; take the suggestion")                          \
    X(row_start, L"row-start", L"To the begin of the row")                                         \
    X(search_again, L"search-again", L"Search the same again")                                     \
    X(search_back_again, L"search-back-again", L"Search the same the other way")                   \
    X(search_newer, L"search-newer", L"Search the history forward")                                \
    X(search_older, L"search-older", L"Search the history")                                        \
    X(select_all, L"select-all", L"Select all")                                                    \
    X(select_buffer_end, L"select-buffer-end", L"Select to the end of all rows")                   \
    X(select_buffer_start, L"select-buffer-start", L"Select to the begin of all rows")             \
    X(select_char_left, L"select-char-left", L"Select one character to the left")                  \
    X(select_char_right, L"select-char-right", L"Select one character to the right")               \
    X(select_row_end, L"select-row-end", L"Select to the end of the row")                          \
    X(select_row_start, L"select-row-start", L"Select to the begin of the row")                    \
    X(select_word_left, L"select-word-left", L"Select one word to the left")                       \
    X(select_word_right, L"select-word-right", L"Select one word to the right")                    \
    X(set_mark, L"set-mark", L"Put the mark here")                                                 \
    X(shell_word_left, L"shell-word-left", L"One word of the shell to the left")                   \
    X(shell_word_right, L"shell-word-right", L"One word of the shell to the right")                \
    X(swap_shell_words, L"swap-shell-words", L"Swap two words of the shell")                       \
    X(text_start, L"text-start", L"To the first character of the row that is no blank")            \
    X(transpose_chars, L"transpose-chars", L"Swap two characters")                                 \
    X(transpose_words, L"transpose-words", L"Swap two words")                                      \
    X(undo, L"undo", L"Undo")                                                                      \
    X(undo_all, L"undo-all", L"Undo all")                                                          \
    X(up, L"up", L"The row above, or the line before in the history")                              \
    X(upcase, L"upcase", L"The word in capitals")                                                  \
    X(vi_again, L"vi-again", L"Do the last change again")                                          \
    X(vi_append, L"vi-append", L"Insert behind the character")                                     \
    X(vi_append_end, L"vi-append-end", L"Insert at the end of the row")                            \
    X(vi_change, L"vi-change", L"Change what the motion goes over")                                \
    X(vi_change_end, L"vi-change-end", L"Change to the end of the row")                            \
    X(vi_change_row, L"vi-change-row", L"Change the row")                                          \
    X(vi_column, L"vi-column", L"To the column")                                                   \
    X(vi_command, L"vi-command", L"End inserting: keys are commands")                              \
    X(vi_delete, L"vi-delete", L"Delete what the motion goes over")                                \
    X(vi_delete_char, L"vi-delete-char", L"Delete the character")                                  \
    X(vi_delete_char_left, L"vi-delete-char-left", L"Delete the character before")                 \
    X(vi_delete_end, L"vi-delete-end", L"Delete to the end of the row")                            \
    X(vi_find, L"vi-find", L"To the next of a character")                                          \
    X(vi_find_again, L"vi-find-again", L"To the same character again")                             \
    X(vi_find_back, L"vi-find-back", L"To the last of a character")                                \
    X(vi_find_back_again, L"vi-find-back-again", L"To the same the other way")                     \
    X(vi_goto_mark, L"vi-goto-mark", L"To the mark of a letter")                                   \
    X(vi_history, L"vi-history", L"The oldest line of the history, or the nth")                    \
    X(vi_insert, L"vi-insert", L"Insert before the character")                                     \
    X(vi_insert_start, L"vi-insert-start", L"Insert before the row's first character")             \
    X(vi_last_argument, L"vi-last-argument", L"Append the last word of the last line")             \
    X(vi_macro, L"vi-macro", L"Record the keys under a letter, or no more")                        \
    X(vi_macro_run, L"vi-macro-run", L"Do what was recorded under a letter")                       \
    X(vi_mark, L"vi-mark", L"Mark the place with a letter")                                        \
    X(vi_put, L"vi-put", L"Put what was deleted behind the character")                             \
    X(vi_put_before, L"vi-put-before", L"Put it before the character")                             \
    X(vi_replace, L"vi-replace", L"Replace the characters by what is typed")                       \
    X(vi_replace_char, L"vi-replace-char", L"Replace the character by the one typed next")         \
    X(vi_substitute, L"vi-substitute", L"Change the character")                                    \
    X(vi_till, L"vi-till", L"To before the next of a character")                                   \
    X(vi_till_back, L"vi-till-back", L"To behind the last of a character")                         \
    X(vi_blank_word_end, L"vi-blank-word-end", L"To the end of what stands between blanks")        \
    X(vi_word_end, L"vi-word-end", L"To the end of the word")                                      \
    X(vi_word_left, L"vi-word-left", L"To the begin of the word")                                  \
    X(vi_word_right, L"vi-word-right", L"To the next word")                                        \
    X(vi_yank, L"vi-yank", L"Copy what the motion goes over")                                      \
    X(vi_yank_end, L"vi-yank-end", L"Copy to the end of the row")                                  \
    X(word_left, L"word-left", L"One word to the left")                                            \
    X(word_right, L"word-right", L"One word to the right; take one of the suggestion")             \
    X(yank, L"yank", L"Insert what was killed last")                                               \
    X(yank_pop, L"yank-pop", L"Replace it by what was killed before")

#endif
