typedef int proto_placeholder;
