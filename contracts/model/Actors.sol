// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Money that can be told to misbehave, for the differential run. Never deployed by the product.
contract MoodyMoney {
    /// @dev HONEST; SILENT: returns nothing; LIAR: returns false and moves nothing; SKIMMER: one fen is lost on the
    /// way; NOSY: calls the exchange back in the middle and tells what it answered.
    enum Mood {
        HONEST,
        SILENT,
        LIAR,
        SKIMMER,
        NOSY
    }

    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    mapping(address account => bool) public refuses;
    Mood public mood;

    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Answered(bytes4 reason);

    error Refused();

    function give(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    /// @dev A blacklist: `account` can no longer be paid.
    function setRefuses(address account, bool refuses_) external {
        refuses[account] = refuses_;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    /// @dev In the place of ERC-2612: v = 27 is a good permit, anything else a bad one.
    function permit(address owner, address spender, uint256 value, uint256, uint8 v, bytes32, bytes32) external {
        if (v != 27) revert Refused();
        allowance[owner][spender] = value;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert Refused();
        if (mood == Mood.LIAR) return false;
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        if (mood == Mood.LIAR) return false;
        if (to == address(0) || refuses[to] || balanceOf[from] < amount) revert Refused();
        uint256 arrives = mood == Mood.SKIMMER ? amount - 1 : amount;
        balanceOf[from] -= amount;
        balanceOf[to] += arrives;
        emit Transfer(from, to, arrives);
        if (mood == Mood.NOSY) {
            // withdraw(address,uint96)
            (, bytes memory reason) = msg.sender.call(abi.encodeWithSelector(0x8c8c3c9d, to, uint96(0)));
            emit Answered(reason.length < 4 ? bytes4(0) : bytes4(reason));
        }
        if (mood == Mood.SILENT) {
            assembly {
                return(0, 0)
            }
        }
        return true;
    }
}

/// @title A contract as a user: a wallet (ERC-1271) whose owner signs for it, with a receiver of changing manners.
contract Puppet {
    /// @dev KIND takes cards; RUDE answers wrongly; BREAKING reverts; NOSY calls the exchange back.
    enum Manner {
        KIND,
        RUDE,
        BREAKING,
        NOSY
    }

    address public immutable OWNER;
    Manner public manner;

    error Broken();

    constructor(address owner) {
        OWNER = owner;
    }

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function act(address target, bytes calldata data) external {
        (bool success, bytes memory answer) = target.call(data);
        if (!success) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0;
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(digest, uint8(signature[64]), r, s) == OWNER ? this.isValidSignature.selector : bytes4(0);
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        if (manner == Manner.RUDE) return 0;
        if (manner == Manner.BREAKING) revert Broken();
        if (manner == Manner.NOSY) {
            (bool success, bytes memory answer) = msg.sender.call(abi.encodeWithSelector(0x8c8c3c9d, this, uint96(0)));
            if (!success) {
                assembly {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        return this.onERC721Received.selector;
    }
}
