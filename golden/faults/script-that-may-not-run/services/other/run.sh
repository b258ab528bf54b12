#!/bin/sh
exec web
