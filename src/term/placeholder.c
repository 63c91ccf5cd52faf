typedef int term_placeholder;
