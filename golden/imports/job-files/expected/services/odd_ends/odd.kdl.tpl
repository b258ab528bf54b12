1
2 \ "three" @{four}
	5
6
7
8
9
10
11
12
{{ env "NOMAD_DC" }}
