%{ for name, port in ports ~}
listen ${prot}; # ${name}
%{ endfor ~}
server_name ${nmae}.${var.domain};
proxy_pass http://${NOMAD_ADDR_http}${upper(ports)};
