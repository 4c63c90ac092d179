import type { Translated } from '../catalogue.ts'
import type { helpEn } from '../en/help.ts'

export const helpZh: Translated<typeof helpEn> = {
  overview: `
penstock – 在本地网络中发送文件和文件夹，并尽量减少数据拷贝

  penstock receive                   接收其他设备的文件
  penstock send PATH... --to DEVICE  把文件和文件夹发送到一台设备
  penstock share PATH...             通过链接与浏览器分享文件
  penstock peers                     查看附近的设备
  penstock techniques [PATH]         列出可用的传输技术，以及其他技术不可用的原因
  penstock compare [PATH]            用各种技术发送同一文件并比较
  penstock demo                      在本机用真实的文件夹演示一次收发
  penstock history                   收发记录
  penstock pair DEVICE               核对两个屏幕上的六位数字后信任一台设备
  penstock devices                   查看受信任的设备，并更改它们的权限
  penstock help [COMMAND]            本页，或某个命令的说明

所有命令通用：
  --json        在标准输出上每行一个 JSON 对象，没有其他内容
  --state DIR   保存身份、设置和记录的文件夹（否则用 PENSTOCK_STATE，再否则用系统的惯用位置）
  --alias NAME  其他人看到的本机名称（默认为主机名）
  --help        命令的说明
  --version     版本

PIN（1 到 64 个字符）从不写在参数中，因为其他用户可以看到参数。没有 --pin 和 --pin-file 时，
使用环境变量 PENSTOCK_PIN（如已设置）。

退出码：0 完成，1 失败或未全部送达，2 用法错误，3 被对方拒绝，70 Penstock 自身的错误，130 被中断。
`,
  receive: `
penstock receive [选项] – 接收其他设备的文件，直到按下 Ctrl-C

  --dir DIR              保存位置（默认当前文件夹）；不存在时会创建
  --accept ask           每次都在终端询问（默认）；没有终端时只接受您设为始终接受的设备
  --accept always        接受您设为始终接受的设备，拒绝其他设备
  --accept all           接受所有请求
  --only FINGERPRINT     只接纳此指纹的设备，拒绝其他设备；其请求如何处理由 --accept 决定
  --loopback             只在本机的环回地址上监听；隐含 --hidden
  --once                 只接收一项传输，在它结束后退出，无论结果如何；未接受的请求不计
  --link                 浏览器也可以发送文件：显示页面链接，在终端中还显示其二维码；
                         加上 --clear 时使用 HTTP
  --pin                  发送方必须给出 PIN；在终端询问
  --pin-file FILE        发送方必须给出此文件第一行中的 PIN
  --clear                也允许未加密的传输
  --port N               控制端口；0 为任意空闲端口（默认 53317，否则任意一对空闲端口）
  --data-port N          数据端口；0 为任意空闲端口（默认为控制端口的下一个）
  --hidden               不向其他设备显示本机；发送方需要知道地址
  --technique T          auto（默认）；未加密的传输用 readwrite、mmap、splice 或 direct，
                         加密的传输用 unseal 或 ktls
  --dontcache            readwrite 不在页缓存中留下任何页面（文件系统支持时）；报告会给出字节数。
                         传输大于空闲内存时，auto 会自动这样做
  --buffer BYTES         readwrite 的缓冲区，4k 到 16M（默认 1M）
  --check on|off         用 CRC-32C 校验每一段（默认 on）
  --durability os        数据进入系统缓存即为完成
  --durability everysec  并且每秒写回一次
  --durability commit    写入磁盘后才算完成（默认）
  --durability through   每次写入都直达磁盘
  --on-conflict RULE     同名时的处理：keep-both（默认）、replace、skip 或 newer

--json 的输出行：首先是 {"event":"listening"}，使用 --link 时还有 "link"，收到消息时为 "text"，然后是 "offer"、"progress"，每项传输以
"report"、"refused"、"cancelled"、"failed" 之一结束。
`,
  send: `
penstock send PATH... [--to DEVICE] [选项] – 发送文件和文件夹
penstock send PATH... --to-folder DIR [选项] – 复制到本机的文件夹

  --to DEVICE       主机、主机:端口、设备名称或指纹；
                    在终端中可以省略，从附近的设备中选择
  --exclude GLOB    跳过匹配的项，写法与 .gitignore 相同：*.tmp（任意层级的名称）、node_modules/
                    （仅文件夹）、'build/**'（PATH 中的路径）；可以多次使用。* 代表除 / 以外的
                    任意字符，? 代表一个字符，[a-z] 代表其中之一，** 代表任意层文件夹；
                    区分大小写。报告会给出跳过的项数
  --clear           在接收方允许时不加密；不提供加密的设备只有加上此选项才会收到文件，
                    且绝不会收到 PIN
  --technique T     auto（默认）、seal 或 ktls；加上 --clear 时为 readwrite、mmap、gather、
                    sendfile、transmitfile、splice、direct 或 zerocopy；参见“penstock techniques”
  --mmap MAP        mmap 技术对内存中每一段文件所做的准备，可用逗号连接多个：sequential（默认；
                    Windows 上为 willneed）、willneed（开始读取）、populate（一次取得所有页，
                    而不是逐页缺页）、lock（留在内存中，不超过“ulimit -l”的限制）或 none；
                    报告会说明系统实际做了哪些
  --dontcache       readwrite 不在页缓存中留下任何页面（文件系统支持时）；报告会给出字节数。
                    传输大于空闲内存时，auto 会自动这样做
  --streams N       传送内容的连接数，1 到 16，或 auto（默认）
  --buffer BYTES    readwrite 的缓冲区，4k 到 16M（默认 1M）
  --check on|off    用 CRC-32C 校验每一段（默认 on）
  --pin             在终端询问接收方要求的 PIN
  --pin-file FILE   PIN 为此文件的第一行

使用 --to-folder DIR（不存在时会创建）时，数据不经过网络，以上选项中只有 --exclude 和 --technique 有效：
  --technique T        auto（默认）、clone（共享数据块，零拷贝）、copyrange（copy_file_range）、
                       copyfile（文件到文件的 sendfile）或 readwrite；此处不支持时改用下一种
  --durability D       os、everysec、commit（默认）或 through，与“penstock receive”相同
  --on-conflict RULE   keep-both（默认）、replace、skip 或 newer

以“-”开头的 PATH 要放在“--”之后。
--json 的输出行："progress"，然后是 "report"、"refused"、"cancelled"、"failed" 之一。
`,
  share: `
penstock share PATH... [选项] – 通过链接与浏览器分享文件，直到按下 Ctrl-C

显示链接，在终端中还显示其二维码。页面列出文件：可以下载单个文件（支持续传），也可以把全部文件
下载为一个 ZIP 压缩包。没有 PIN 时，链接中包含密码，请完整转发。

  --pin             浏览器必须给出 PIN；在终端询问
  --pin-file FILE   浏览器必须给出此文件第一行中的 PIN
  --for SECONDS     在这段时间后结束
  --clear           使用 HTTP：不加密，浏览器也不会警告证书
  --exclude GLOB    跳过匹配的项，与“penstock send”相同
  --port N          端口；0 为任意空闲端口（默认 53319，否则任意空闲端口）
  --loopback        只供本机的浏览器使用

--json 的输出行：首先是 {"event":"sharing"}，每次下载为 "shared"，时间到时为 "expired"。
`,
  peers: `
penstock peers [--for SECONDS] – 列出附近的设备

  --for SECONDS     查找多长时间（默认 4）
`,
  techniques: `
penstock techniques [PATH] [--to HOST | --to-folder DIR] – 列出可用的传输技术，以及其他技术不可用的原因

  PATH              针对这个文件或文件夹
  --to HOST         针对通往这台主机的路由
  --to-folder DIR   针对本机的这个文件夹；会用两个小的临时文件测试该处能否共享数据块
`,
  compare: `
penstock compare [PATH] [OPTIONS] – 用各种技术依次发送同样的内容，并加以比较

  PATH               每一轮发送的内容；不给出时会生成一个文件，用后删除
  --size BYTES       该文件的大小，1M 到 64G（1G）
  --to DEVICE        发送到这台设备；不给出时发送到本机上的独立接收方
  --preset NAME      techniques（此处可用的全部技术，默认）、textbook（4 KiB 和 1 MiB 的
                     读写、mmap、sendfile，与教科书的次数并列）、
                     log（按顺序发送一个长文件，类似消息代理）、scattered（从一个文件中取出
                     成千上万条 256 字节到 1 KiB 的消息，即其中八个队列之一的消息，按顺序；每条
                     消息作为单独的文件送达）、mapping（mmap 的各种选项）、
                     buffer（readwrite 使用 4 KiB 到 16 MiB 的缓冲区）、durability（各种持久性的
                     接收方送达所用的秒数；仅限本机），或 queues（先 log，再 scattered，并说明
                     两者的最佳技术是否不同）
  --techniques A,B   用这些技术代替预设中的技术
  --runs N           测量的轮数，1 到 100（5）；之前另有一轮预热
  --check on|off     用 CRC-32C 校验每一段（off：校验本身就要读一遍数据）
  --dir DIR          接收方文件的存放位置（默认为临时文件夹）
  --csv FILE         把表格写成逗号分隔的文件
  --pin              在终端询问接收方要求的 PIN
  --pin-file FILE    PIN 为此文件的第一行

各预设比较未加密的传输。接收方只接受加密传输时，techniques 比较 seal 和 ktls；--techniques 可以
同时指定两类。每一轮的顺序都与前一轮相反。速率和 CPU 时间取中位数；
字节进入接收方的页缓存即视为送达。
--json 的各行：每种技术一个 {"event":"report"}，即速率居中的那一轮中发送方的报告，其 "compare"
是中位数；最后是 {"event":"comparison"} 和结论。
`,
  demo: `
penstock demo – 把一个真实的文件夹从本机发送到本机

在临时位置创建几百兆字节的文件夹，启动独立的接收方，把文件夹发送给它，逐字节比较两个文件夹，
打印双方的报告，最后全部删除。不改变本机的身份和记录。
--json 的最后一行是 {"event":"demo","equal":true}；文件夹不同时退出码为 1。
`,
  history: `
penstock history [--limit N] – 列出收发记录，最新的在前

  --limit N         条数（默认 20）
`,
  pair: `
penstock pair DEVICE – 与一台设备互相信任

  DEVICE            HOST、HOST:PORT、设备名称或指纹

对方在窗口中，或在终端中运行“penstock receive”时显示请求。随后双方显示六位数字。数字相同时，
请在 2 分钟内在两边都回答 y；否则两者之间有其他设备。双方确认之前不会保存任何内容。十分钟内
三次失败会锁定配对。“penstock devices”列出设备的权限。
--json 的各行：带数字的 {"event":"pairing"}，然后是 "paired" 或 "failed"。
`,
  devices: `
penstock devices – 列出受信任的设备
penstock devices trust DEVICE [选项] – 信任一台设备，或更改受信任设备的权限
penstock devices rename DEVICE NAME – 更改它在本机上的名称
penstock devices forget DEVICE – 不再信任它

  DEVICE                  受信任设备的名称、指纹或指纹的前 8 位；尚未信任的设备须给出它显示的
                          完整指纹：请与对方核对，例如通过电话
  --always-accept on|off  不询问就接受它的加密传输
  --unencrypted on|off    允许它发送未加密的内容，与 --always-accept 一起时不询问；网络中的
                          其他人可以读取和更改这些内容
  --name NAME             它在本机上的名称（否则用它自己的名称）

受信任的设备由它的密钥识别。它的名称和最近的地址与该密钥绑定：“penstock send”拒绝使用它们的
其他设备，“penstock receive”会询问。更改立即生效，正在运行的接收程序也不例外。
--json 的各行：列出或更改的每台设备一行 {"event":"device"}，以及 {"event":"forgotten"}。
`,
  help: `
penstock help [COMMAND] – 解释各个命令
`,
}
