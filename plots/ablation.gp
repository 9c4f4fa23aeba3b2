# SPDX-License-Identifier: GPL-3.0-or-later
#
# ablation.gp - gains of the v2 series and of the yardsticks over the number of VMs; see ablation.sh
set terminal svg size 860,360 font "sans-serif,12" background "#ffffff"
set multiplot layout 1,2
set style data yerrorlines
set xlabel "VMs of 16 vCPUs on 16 pCPUs"
set xrange [0.6:4.4]
set xtics 1
set grid ytics lc rgb "#dddddd"
set key top left samplen 2 spacing 1.1 font ",11"
set border 3
set tics nomirror
pick(setup, policy) = sprintf("< awk '$1 == \"%s\" && $3 == \"%s\"' %s", setup, policy, data)
set ylabel "gain over 6.19, % (95 % interval)"
set title "lab: no APICv, no paravirtual features"
plot pick("lab-pinned", "oracle-honoured") using 2:4:5:6 lw 2 lc rgb "#888888" pt 4 title "perfect target, hint always taken", \
     pick("lab-pinned", "oracle-target") using 2:4:5:6 lw 2 lc rgb "#1f77b4" pt 6 title "perfect target", \
     pick("lab-pinned", "semantics-v2") using 2:4:5:6 lw 2 lc rgb "#d62728" pt 7 title "semantics-aware v2", \
     0 with lines lc rgb "#000000" dt 3 notitle
set title "default: APICv, paravirtual features"
unset ylabel
plot pick("default-pinned", "oracle-honoured") using 2:4:5:6 lw 2 lc rgb "#888888" pt 4 notitle, \
     pick("default-pinned", "oracle-target") using 2:4:5:6 lw 2 lc rgb "#1f77b4" pt 6 notitle, \
     pick("default-pinned", "semantics-v2") using 2:4:5:6 lw 2 lc rgb "#d62728" pt 7 notitle, \
     0 with lines lc rgb "#000000" dt 3 notitle
