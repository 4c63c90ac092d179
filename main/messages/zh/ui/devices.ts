import type { Translated } from '../../catalogue.ts'
import type { devicesEn } from '../../en/ui/devices.ts'

/** Simplified Chinese text of the window: this device and the others. */
export const devicesZh: Translated<typeof devicesEn> = {
  self: {
    label: '本机',
    ready: '就绪[ · {address}]',
    notReady: '未在接收',
    fingerprint: '本机指纹',
  },
  devices: {
    nearby: '附近',
    list: '附近的设备',
    recent: '曾经见过',
    trusted: '受信任',
    namesake: '不是“{name}”：密钥不同',
    otherKey: '密钥不同',
    notEncrypted: '未加密',
    notEncryptedText: '无法接收加密的文件',
    dropToSend: '拖放到此发送',
    penstock: 'Penstock',
    localsend: 'LocalSend',
    demo: '演示接收端',
    demoName: '本机（演示）',
    sendTo: '发送到 {name}',
    foundBy: { multicast: '自动发现', scan: '在网络中找到', address: '按地址添加' },
    about: '{kind} · {host} · {found}[ · {open}]',
    emptyTitle: '正在查找设备…',
    emptyText: '在同一网络的另一台设备上打开 Penstock 或 LocalSend，它会自动出现在这里。',
    tryHere: '在本机试用',
    tryHereText: '在本机启动第二个接收方，使用真实的连接和文件。',
    byAddress: '按地址添加',
    cantSee: '看不到设备？',
    settings: '设置',
  },
  address: {
    title: '按地址发送',
    text: '对方的地址显示在 Penstock 的设备名称下方，或在它的网络设置中。',
    label: '地址；端口不是 53317 时请一并填写',
    example: '192.168.1.20 或 192.168.1.20:53317',
    find: '查找设备',
    finding: '正在查找…',
    found: '已找到 {name}。',
  },
  help: {
    title: '看不到设备？',
    lead: '两台设备在同一网络时会自动发现彼此。请检查以下几点，最常见的在前：',
    steps: {
      running: {
        title: '设备已开机，程序已打开',
        text: '另一台设备上须打开 Penstock 或 LocalSend；在手机上请让应用保持在前台。',
      },
      network: {
        title: '两台设备在同一网络',
        text: '同一个 Wi-Fi 或同一个有线网络。访客网络和某些办公网络会隔离设备，VPN 也可能如此。',
      },
      firewall: {
        title: '防火墙允许通过',
        text: '接收方须开放 TCP 和 UDP 端口 53317 以及 TCP 端口 53318。',
      },
      address: {
        title: '使用地址',
        text: '本机的地址是 {addresses}。即使广播不通，用“按地址添加”也能找到设备。',
      },
    },
    noAddress: '没有地址：未连接到网络',
    again: '重新查找',
    looking: '正在查找…',
    tryHere: '改为在本机试用',
  },
}
