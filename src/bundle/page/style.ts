/** Of report.html: readable in light and dark, on a screen and on a phone, and printed. */
export const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#1264a3,#6cb6f2);--edge:light-dark(#d5d8dc,#3c4148);--soft:light-dark(#f4f5f7,#22262b);
--dim:light-dark(#5b6370,#a2aab5);--bad:light-dark(#b3261e,#ff8f85);--odd:light-dark(#8a5a00,#f0b64a);--good:light-dark(#1b6e35,#6fcf8b);--mark:light-dark(#b3261e99,#ff8f8599)}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0;background:light-dark(#fff,#16191d);color:light-dark(#1d2127,#e6e8eb)}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}h1{font-size:1.5rem;line-height:1.25;margin:.4rem 0 .6rem}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--edge)}h3{font-size:1rem;margin:0 0 .3rem}
p{margin:.4rem 0}ul,ol{margin:.3rem 0;padding-left:1.3rem}.dim,small{color:var(--dim)}
.next{background:var(--soft);border-left:4px solid var(--line);padding:.6rem .9rem;border-radius:0 6px 6px 0}
article{border:1px solid var(--edge);border-radius:8px;padding:.8rem 1rem;margin:.7rem 0}article.consequence{margin-left:1.5rem}
code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);border-radius:6px;padding:.5rem .7rem;margin:.3rem 0}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border-top:1px solid var(--edge);padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead th{border-top:0;color:var(--dim);font-weight:600;font-size:13px}tbody th{font-weight:400;min-width:9rem}th code{overflow-wrap:break-word}
.badge{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .55rem;font-size:12px;font-weight:600;white-space:nowrap}
.bad{color:var(--bad)}.odd{color:var(--odd)}.good{color:var(--good)}.badge.dim{color:var(--dim)}
.moments{list-style:none;padding:0}.moments li{display:flex;gap:.8rem;padding:.15rem 0}time{color:var(--dim);white-space:nowrap;font-variant-numeric:tabular-nums}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--line)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem}
figure{margin:0;border:1px solid var(--edge);border-radius:8px;padding:.7rem .8rem;min-width:0}figcaption{font-weight:600}
.plot{position:relative;margin:.4rem 0 0 3.9rem;border-left:1px solid var(--edge);border-bottom:1px solid var(--edge)}.plot svg{display:block;width:100%;height:8rem;overflow:visible}
.plot span{position:absolute;right:calc(100% + .4rem);font-size:12px;color:var(--dim);line-height:1}.plot .top{top:0}.plot .bottom{bottom:0}
polyline{fill:none;stroke:var(--line);stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.grid{stroke:var(--edge);stroke-dasharray:3 4;vector-effect:non-scaling-stroke}.mark{stroke:var(--mark);stroke-width:1.5;vector-effect:non-scaling-stroke}
.scale{display:flex;justify-content:space-between;gap:.6rem;margin-left:3.9rem;font-size:12px;color:var(--dim)}.marks{font-size:12px;color:var(--bad);list-style:none;padding:0}
.query{display:block;font-size:11px;color:var(--dim);margin-top:.4rem}
@media(max-width:40rem){main{padding:1rem .8rem 2rem}article.consequence{margin-left:.5rem}thead{display:none}tr,td,tbody th{display:block}
tr{border-top:1px solid var(--edge);padding:.4rem 0}td,tbody th{border:0;padding:.1rem 0}tbody th{font-weight:600}td[data-label]:not([data-label=''])::before{content:attr(data-label) ': ';color:var(--dim)}.moments li{flex-direction:column;gap:0}.scale span:nth-child(2){display:none}}
@media print{details{display:none}}
`;
