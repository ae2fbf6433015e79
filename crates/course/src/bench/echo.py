# The tutorial's echo server. Only two things are different here: the port comes from the
# command line, and a first line says that the socket is bound.
import sys
from socket import *

scoket_server = socket(AF_INET, SOCK_DGRAM)
host_port = ('', int(sys.argv[1]))
scoket_server.bind(host_port)
print('ready', flush=True)

while True:
    data = scoket_server.recvfrom(1024)
    scoket_server.sendto(data[0], data[1])
    print(data[0].decode('utf-8'))
