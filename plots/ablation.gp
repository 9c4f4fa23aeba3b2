# SPDX-License-Identifier: GPL-3.0-or-later
#
# ablation.gp - gains of the v2 series and of the yardsticks over the number of VMs; see ablation.sh
# affinity='free': of free vCPUs
if (!exists("affinity")) affinity = "pinned"
set terminal svg size 860,360 font "sans-serif,12" background "#ffffff"
set multiplot layout 1,2
set style data yerrorlines
set xlabel "VMs of 16 vCPUs on 16 pCPUs"
set xrange [0.6:4.4]
set xtics 1
set grid ytics lc rgb "#dddddd"
set key top left reverse Left samplen 2 spacing 1.1 font ",11"
set yrange [-70:220]
set border 3
set tics nomirror
pick(setup, policy) = sprintf("< awk '$1 == \"%s\" && $3 == \"%s\"' %s", setup, policy, data)
# The covers of v1 and v2 (yield-series.md 2.1): one machine, no variance given.
$published << END
2 47.1
3 28.1
4 1.7
END
honoured = "perfect target, hint always taken"
series(setup, n) = n == 1 ? pick(setup, "oracle-honoured") : \
		   n == 2 ? pick(setup, "oracle-target") : pick(setup, "semantics-v2")
set ylabel "gain over 6.19, % (95 % interval)"
set title "lab, " . affinity . ": no APICv, no paravirtual features"
set key off
plot series("lab-" . affinity, 1) using 2:4:5:6 lw 2 lc rgb "#888888" pt 4, \
     series("lab-" . affinity, 2) using 2:4:5:6 lw 2 lc rgb "#1f77b4" pt 6, \
     series("lab-" . affinity, 3) using 2:4:5:6 lw 2 lc rgb "#d62728" pt 7, \
     $published using 1:2 with points lc rgb "#000000" pt 2 ps 1.2, \
     0 with lines lc rgb "#000000" dt 3
set title "default, " . affinity . ": APICv, paravirtual features"
unset ylabel
set key on
plot series("default-" . affinity, 1) using 2:4:5:6 lw 2 lc rgb "#888888" pt 4 title honoured, \
     series("default-" . affinity, 2) using 2:4:5:6 lw 2 lc rgb "#1f77b4" pt 6 title "perfect target", \
     series("default-" . affinity, 3) using 2:4:5:6 lw 2 lc rgb "#d62728" pt 7 title "semantics-aware v2", \
     NaN with points lc rgb "#000000" pt 2 ps 1.2 title "published for v2 (setting not stated)", \
     0 with lines lc rgb "#000000" dt 3 notitle
