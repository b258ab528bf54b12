#!/bin/sh
echo ${name%.*}
%{ if name == "web" }
echo "${#name}" %{ unless }
%{ endfor }
