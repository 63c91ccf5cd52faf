typedef int session_placeholder;
