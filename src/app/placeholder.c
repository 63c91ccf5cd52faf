typedef int app_placeholder;
