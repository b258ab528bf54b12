#!/bin/sh
waves=(first second)
for wave in $waves; do
